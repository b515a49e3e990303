"""The examples of docs/cpp.md are the project in tests/install/solve, which tests build and run.

usage: examples_test.py PROJECT
"""
import pathlib
import re
import sys

project = pathlib.Path(sys.argv[1])
page = (project / "docs" / "cpp.md").read_text()
wrong = [name for name, language in (("outside.cpp", "cpp"), ("CMakeLists.txt", "cmake"))
         if re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL) !=
         [(project / "tests" / "install" / "solve" / name).read_text()]]
print("\n".join(f"docs/cpp.md: differs from tests/install/solve/{name}" for name in wrong))
sys.exit(1 if wrong else 0)
