"""Files that the program wrote."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import numpy.typing as npt

from ._core import InputError

if TYPE_CHECKING:
    import h5py

NEWEST_VERSION = {
    "checkpoint": 2, "correlator": 1, "dataset": 2, "finished_jobs": 2, "fit": 1,
    "fit_checkpoint": 3, "inference": 1, "lattice_box": 1, "lattice_budget": 1, "lattice_potential": 2, "model": 4,
    "pca": 1, "phase_shifts": 1, "potential": 2, "predictions": 1, "solution": 1, "waves": 1,
}
"""Of each kind of file the newest format version that is known here."""


def _plain(value: Any) -> Any:
    """An attribute as Python's own types."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray):
        return [_plain(entry) for entry in value.tolist()]
    return value.item() if isinstance(value, np.generic) else value


class Group(Mapping[str, Any]):
    """A group of a file by the names in it, file["parameters/values"]: datasets are read into arrays, groups are
    groups. A name that no mapping has is an attribute too, file.correlation."""

    def __init__(self, group: h5py.Group) -> None:
        self._group = group

    @property
    def attributes(self) -> dict[str, Any]:
        """HDF5 attributes of the group, by name."""
        return {name: _plain(value) for name, value in self._group.attrs.items()}

    @property
    def units(self) -> dict[str, str]:
        """Of all datasets here and below, by path; "1" where they have none, commas between those of columns."""
        found: dict[str, str] = {}

        def note(path: str, node: Any) -> None:
            if "unit" in node.attrs and hasattr(node, "shape"):
                found[path] = str(_plain(node.attrs["unit"]))

        self._group.visititems(note)
        return found

    def of(self, path: str) -> dict[str, Any]:
        """Attributes of what lies at a path: unit, description, axes, names of columns, ..."""
        return {name: _plain(value) for name, value in self._group[path].attrs.items()}

    def __getitem__(self, path: str) -> Union[Group, npt.NDArray[Any]]:
        node = self._group[path]
        return np.asarray(node[()]) if hasattr(node, "shape") else Group(node)

    def __iter__(self) -> Iterator[str]:
        return iter(self._group)

    def __len__(self) -> int:
        return len(self._group)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name in self._group:
            return self[name]
        raise AttributeError(f"{self!r} has no {name}; it has {', '.join(self._group) or 'nothing'}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._group]

    def __repr__(self) -> str:
        return f"<{self._group.file.attrs['kind']} {self._group.file.filename}:{self._group.name}>"


class File(Group):
    """A file of the program, open until close() or the end of a `with`. Large datasets are read in parts by `h5`."""

    kind: str
    """"solution", "fit", "dataset", ...: docs/dataset_format.md, docs/lattice_format.md, docs/model_format.md."""
    format_version: int
    config: str
    """The resolved config, YAML text, that makes the file again."""
    h5: h5py.File

    def __init__(self, path: Union[str, os.PathLike[str]]) -> None:
        import h5py

        name = os.fspath(path)
        try:
            self.h5 = h5py.File(name, "r")
        except OSError as error:
            raise InputError(f"{name}: cannot be read ({error}); give an HDF5 file that hadronforce wrote") from error
        super().__init__(self.h5)
        try:
            self._check(name)
        except InputError:
            self.h5.close()
            raise

    def _check(self, name: str) -> None:
        attributes = self.attributes
        if not {"kind", "format_version", "config"} <= set(attributes):
            raise InputError(f"{name}: was not written by hadronforce")
        self.kind, self.config = str(attributes["kind"]), str(attributes["config"])
        self.format_version = int(attributes["format_version"])
        newest = NEWEST_VERSION.get(self.kind)
        if newest is None:
            raise InputError(f"{name}: is a {self.kind} file, which is not known here; use a newer hadronforce")
        if not 1 <= self.format_version <= newest:
            raise InputError(f"{name}: has format version {self.format_version}, this package reads 1 to {newest}; use "
                             "a newer hadronforce")

    def close(self) -> None:
        """Closes the file; arrays that were read stay."""
        self.h5.close()

    def __enter__(self) -> File:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()


def read(path: Union[str, os.PathLike[str]]) -> File:
    """Opens a file that the program wrote, of any kind. Raises InputError for any other file."""
    return File(path)
