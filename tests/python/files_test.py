"""`read` knows every kind of file that the sources write, and refuses others."""

import re

import h5py
import numpy as np

import hadronforce
from fermion_fits import FERMIONS, OfFermions
from hadronforce._files import NEWEST_VERSION
from inside import Inside
from program import SOURCE, main, run


def versions_in_sources():
    """Kind and newest version of every file that the program writes."""
    texts = {path: path.read_text() for folder in ("src", "include") for path in (SOURCE / folder).rglob("*.[ch]pp")}
    found = {}
    for text in texts.values():
        for kind, version in re.findall(r'write_provenance\(\w+, \{"(\w+)", (\w+),', text):
            definition = rf"std::int64_t {version} = (\d+);"
            where = text if re.search(definition, text) else "\n".join(texts.values())
            numbers = set(re.findall(definition, where))
            assert len(numbers) == 1, (kind, version, numbers)
            found[kind] = int(numbers.pop())
    return found


class Files(Inside, OfFermions):
    def test_all_kinds_are_known(self):
        self.assertEqual(NEWEST_VERSION, versions_in_sources())

    def test_what_is_in_a_file(self):
        self.fit(FERMIONS)
        with hadronforce.read(self.folder / "out/fit.h5") as file:
            self.assertEqual((file.kind, file.format_version), ("fit", 1))
            self.assertIn("source:", file.config)
            self.assertEqual(hadronforce.Fit(file.config).names, tuple(file.of("parameters")["names"]))
            self.assertIsInstance(file.attributes["chi2"], float)
            self.assertIsInstance(file.attributes["pair"], str)
            self.assertEqual(file.units["parameters/values"], "fm, 1, 1, c/GeV")
            self.assertEqual(file.parameters.units["values"], "fm, 1, 1, c/GeV")
            self.assertEqual(file.of("residuals")["unit"], "1")
            np.testing.assert_array_equal(file.parameters["values"], file["parameters/values"])
            self.assertEqual(file.residuals.shape, (40,))
            self.assertEqual(set(file), set(file.h5))
            self.assertIn("residuals", dir(file))
            self.assertIn("fit.h5", repr(file.parameters))
            with self.assertRaisesRegex(AttributeError, "has no nothing; it has .*residuals"):
                file.nothing
            with self.assertRaises(KeyError):
                file["nothing"]
        code, _, _ = run("lattice-mock", SOURCE / "configs/separable_lattice_mock.yaml", "--set",
                         "output.file=out/waves.h5")
        self.assertEqual(code, 0)
        with hadronforce.read("out/waves.h5") as file:
            self.assertEqual(file.kind, "waves")
            self.assertTrue(all(file[path].size for path in file.units))

    def test_other_files_are_refused(self):
        with h5py.File("other.h5", "w") as file:
            file["a"] = 1.0
        for kind, version in (("solution", 9), ("solution", 0), ("novel", 1)):
            with h5py.File(f"{kind}{version}.h5", "w") as file:
                file.attrs.update({"kind": kind, "format_version": version, "config": ""})
        self.write("text.h5", "no HDF5\n")
        for name, message in (("nowhere.h5", "cannot be read"), ("text.h5", "cannot be read"), (".", "cannot be read"),
                              ("other.h5", "was not written by hadronforce"), ("novel1.h5", "is a novel file"),
                              ("solution9.h5", "format version 9, this package reads 1 to 1; use a newer"),
                              ("solution0.h5", "format version 0")):
            with self.subTest(name), self.refused(hadronforce.InputError, name, message):
                hadronforce.read(name)


if __name__ == "__main__":
    main()
