# `cmake --install`: libraries, headers, the program and a package file, so that find_package(hadronforce) gives hadronforce::physics.
