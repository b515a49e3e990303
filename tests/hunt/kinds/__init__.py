"""The kinds of hostile cases: each a function that takes a Case, with its share of all cases."""

import dataclasses
import importlib
import pathlib
from typing import Callable


@dataclasses.dataclass
class Kind:
    hunt: Callable
    share: int


KINDS = {}


def kind(share):
    """Registers a function under its name."""
    def register(function):
        KINDS[function.__name__] = Kind(function, share)
        return function
    return register


for _file in sorted(pathlib.Path(__file__).parent.glob("[a-z]*.py")):
    importlib.import_module(f"kinds.{_file.stem}")
