"""No line of text that people write is longer than 120 columns; rows of tables in docs and of data aside.

usage: lines_test.py PROJECT
"""
import pathlib
import sys
import tempfile

LONGEST = 120
FOLDERS = (".ci", "bench", "configs", "docs", "include", "jobs", "python", "src", "tests", "tools")
ENDINGS = {".cpp", ".hpp", ".py", ".pyi", ".sh", ".md", ".txt", ".cmake", ".in", ".yaml", ".sbatch", ".json", ""}
DATA = ("tests/data/",)


def long_lines(project):
    paths = [path for folder in FOLDERS for path in sorted((project / folder).rglob("*")) if path.is_file()]
    for path in paths + [path for path in sorted(project.iterdir()) if path.is_file()]:
        name = path.relative_to(project).as_posix()
        if path.suffix not in ENDINGS or name.startswith(DATA) or "__pycache__" in name:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line) > LONGEST and not (path.suffix == ".md" and line.startswith("|")):
                yield f"{name}:{number}: {len(line)} columns"


def finds_what_is_wrong():
    """The check itself: one long line, and one of a table, which may be."""
    with tempfile.TemporaryDirectory() as folder:
        docs = pathlib.Path(folder) / "docs"
        docs.mkdir()
        (docs / "page.md").write_text("|" + "x" * LONGEST + "\n" + "x" * (LONGEST + 1) + "\n" + "x" * LONGEST + "\n")
        return list(long_lines(docs.parent)) == ["docs/page.md:2: 121 columns"]


if __name__ == "__main__":
    found = list(long_lines(pathlib.Path(sys.argv[1])))
    print("\n".join(found))
    sys.exit(0 if finds_what_is_wrong() and not found else 1)
