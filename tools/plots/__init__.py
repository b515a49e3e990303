"""One kind of picture a file."""
