"""lattice-import and lattice-potential refuse what cannot be right: code 2, one line that says where and what to do."""

import os
import subprocess
import unittest

import h5py
import numpy as np

import lattice_files as raw
from program import PROGRAM, TIMEOUT_S, InFolder, main, run

POTENTIAL = """correlator: {file: out/correlator.h5}
potential: {times: [3]}
output: {table: out/potential.csv, file: out/potential.h5}
"""
FIT = "fit={form: sum_of_gaussians, start: {strengths_MeV: [1000], ranges_fm: [0.1]}%s}"


class LatticeRefusals(InFolder):
    def setUp(self):
        super().setUp()
        raw.write_raw(self.folder / "data")
        self.write("import.yaml", raw.CONFIG)
        self.write("potential.yaml", POTENTIAL)
        for command in ("import", "potential"):
            code, _, messages = run(f"lattice-{command}", f"{command}.yaml", cwd=self.folder)
            self.assertEqual((code, messages), (0, []))
        self.cases = 0

    def files(self):
        return {path.name: path.read_bytes() for path in (self.folder / "out").iterdir()}

    def refused(self, parts, *arguments, ranks=1):
        self.cases += 1
        before = self.files()
        with self.subTest(parts=parts, arguments=arguments, ranks=ranks):
            if ranks == 1:
                done = subprocess.run([PROGRAM, *arguments], cwd=self.folder, capture_output=True, text=True,
                                      timeout=TIMEOUT_S, check=False)
                code, messages = done.returncode, done.stderr.splitlines()
            else:
                code, _, messages = run(*arguments, ranks=ranks, cwd=self.folder)
            self.assertEqual((code, len(messages)), (2, 1), messages)
            for part in parts:
                self.assertIn(part, messages[0])
            self.assertEqual(self.files(), before)

    def import_refused(self, *parts, ranks=1, **settings):
        sets = [f"--set={key.replace('__', '.')}={value}" for key, value in settings.items()]
        self.refused(parts, "lattice-import", "import.yaml", *sets, ranks=ranks)

    def broken_raw(self, name, change, *parts, ranks=1, **settings):
        path = self.folder / "data" / name
        whole = path.read_bytes()
        changed = change(whole)
        path.unlink()
        if changed is not None:
            path.write_bytes(changed)
        self.import_refused(f"data/{name}", *parts, ranks=ranks, **settings)
        path.write_bytes(whole)

    def test_raw_waves(self):
        wave, values = "wave.t03.c", raw.wave("c", 3)
        nan = values.copy()
        nan[4] = np.nan
        for ranks in (1, 3):
            self.broken_raw(wave, lambda b: b[:-100], "record 4 (data) is truncated", "copied to the end?", ranks=ranks)
            self.broken_raw(wave, lambda _: None, "cannot be read (No such file", "check folder", ranks=ranks)
        self.broken_raw(wave, lambda _: b"", "cannot be read", "check folder")
        self.broken_raw(wave, lambda b: b[:60], "record 2 (sites) is truncated")
        self.broken_raw(wave, lambda b: b + b"more", "4 bytes follow its last record")
        self.broken_raw(wave, lambda b: b[:-4] + b"\1\0\0\0", "ends with another length")
        self.broken_raw(wave, lambda _: raw.compressed(values, extent=6),
                        "is of a 6 x 6 x 6 lattice, the config says L = 4")
        self.broken_raw(wave, lambda _: raw.compressed(values, sites=11), "has 11 sites; L = 4 has 10 cubic orbits")
        self.broken_raw(wave, lambda _: raw.compressed(values, index=[63, *raw.INDEX[1:]]),
                        "site index 63 does not represent")
        self.broken_raw(wave, lambda _: raw.compressed(values, index=[-1, *raw.INDEX[1:]]),
                        "site index -1 does not represent")
        self.broken_raw(wave, lambda _: raw.compressed(values, index=[raw.INDEX[1], *raw.INDEX[1:]]), "occurs twice")
        self.broken_raw(wave, lambda _: raw.compressed(nan), "is nan; leave out this configuration", ranks=3)
        self.import_refused("data/wave.t02.a: is of a 4 x 4 x 4 lattice, the config says L = 6", lattice__L=6)

    def test_raw_files_that_are_none_or_huge(self):
        """A pipe would be waited for, a file of terabytes read: both are refused before anything is read."""
        for name in ("wave.t03.c", "N.b"):
            path = self.folder / "data" / name
            whole = path.read_bytes()
            path.unlink()
            os.mkfifo(path)
            self.import_refused(f"data/{name}", "is no file, but a folder, pipe or device")
            path.unlink()
            with open(path, "wb") as file:
                file.truncate(1 << 42)
            self.import_refused(f"data/{name}", "has 4398046511104 bytes, this lattice needs no more than", ranks=2)
            path.write_bytes(whole)

    def test_fields_on_all_sites(self):
        big = {"nbs__format": "big_endian_zyx", "nbs__files": "wave.t{t:02}.{configuration}.be"}
        hdf5 = {"nbs__format": "hdf5", "nbs__files": "wave.t{t:02}.{configuration}.h5", "nbs__dataset": "nbs"}
        for settings in (big, hdf5):  # they are good as they are
            sets = [f"--set={key.replace('__', '.')}={value}" for key, value in settings.items()]
            self.assertEqual(run("lattice-import", "import.yaml", *sets, cwd=self.folder)[::2], (0, []))
        self.broken_raw("wave.t03.c.be", lambda b: b[:-8], "has 1016 bytes; L = 4 needs 1024", **big)
        self.broken_raw("wave.t03.c.be", lambda b: b[:-16] + np.array([np.nan, 0], ">f8").tobytes(), "is nan", ranks=3,
                        **big)
        name = "wave.t03.c.h5"

        def rewritten(values):
            path = self.folder / "new.h5"
            with h5py.File(path, "w") as file:
                file["nbs"] = values
            return lambda _: path.read_bytes()

        field = raw.field("c", 3)
        self.broken_raw(name, lambda b: b[:500], "is truncated or damaged", **hdf5)
        self.broken_raw(name, lambda _: b"text", "is not an HDF5 file", ranks=3, **hdf5)
        self.broken_raw(name, rewritten(field[:3]), ":/nbs: has shape 3 x 4 x 4; 4 x 4 x 4", ranks=3, **hdf5)
        self.broken_raw(name, rewritten(field + 0j), ":/nbs: holds compound values; numbers are needed", **hdf5)
        self.broken_raw(name, rewritten(np.where(field == field[0, 0, 0], np.nan, field)),
                        "the wave at (0, 0, 0) is nan", **hdf5)
        self.import_refused("wave.t02.a.h5:/psi: is missing", **{**hdf5, "nbs__dataset": "psi"})

    def test_baryon_correlators(self):
        name = "antiN.b"

        def lines(change):
            return lambda whole: ("\n".join(change(whole.decode().splitlines())) + "\n").encode()

        for ranks in (1, 3):
            self.broken_raw(name, lines(lambda x: x[:3] + x[4:]), f"data/{name}:4: begins with t = 4, 3 is next",
                            ranks=ranks)
        self.broken_raw(name, lines(lambda x: [x[1], x[0], *x[2:]]), f"{name}:1: begins with t = 1, 0 is next")
        self.broken_raw(name, lines(lambda x: x[:5]), "ends after 5 of T = 8 time slices")
        self.broken_raw(name, lines(lambda x: x + ["8 1 0"]), f"{name}:9: goes on beyond T = 8")
        self.broken_raw(name, lines(lambda x: [*x[:2], "2 nan 0", *x[3:]]), f"{name}:3: is not finite")
        self.broken_raw(name, lines(lambda x: [*x[:2], "2 1.0", *x[3:]]), f"{name}:3: has no three numbers")
        self.broken_raw(name, lambda _: None, "cannot be read")
        self.broken_raw(name, lambda _: bytes(range(256)), "has no three numbers")
        for c in raw.CONFIGURATIONS:
            for sign in ("", "anti"):
                (self.folder / "data" / f"{sign}N.{c}").write_text("".join(f"{t} 0 0\n" for t in range(raw.T)))
        for ranks in (1, 3):
            self.import_refused("data/wave.t02.a, data/N.a", "R(t = 2, (0, 0, 0)) of sample 0 is inf",
                                "C_B1 C_B2 = 0; they hold no signal", ranks=ranks)

    def test_config_of_the_import(self):
        for key, value, *parts in [
            ("lattice.L", "four", "must be a whole number"), ("lattice.L", "1025", "at most 1024"),
            ("lattice.T", "2.5", "must be a whole number"),
            ("lattice.inverse_a_MeV", ".nan", "must be finite"), ("baryon1.mass_a", "-1", "must be positive"),
            ("nbs.channel", "[a]", "must be a text"),
            ("nbs.spin_components", "[1, 4]", "two different indices"),
            ("nbs.spin_components", "[1, 1]", "two different indices"),
            ("nbs.spin_components", "[1]", "two different indices"),
            ("nbs.spin_components", "up", "a list of whole numbers"),
            ("nbs.format", "text", "must be one of"), ("nbs.times", "{first: 2, last: 8}", "must lie below T = 8"),
            ("nbs.times", "{first: 3, last: 2}", "at least 3"), ("nbs.times", "{first: -1, last: 2}", "at least 0"),
            ("nbs.times", "[2, 3]", "mapping"),
            ("nbs.files", "wave.{configuration}", "put {t} where"),
            ("nbs.files", "wave.{t}", "put {configuration} where"),
            ("nbs.files", "wave.{tt}", "is not a file name with"),
            ("baryon1.particle", "N", "put {configuration} where"),
            ("resampling.bin_size", "3", "4 configurations do not make bins of 3"),
            ("resampling.bin_size", "0", "at least 1"),
            ("resampling.bin_size", "4", "errors need at least two"),
            ("resampling", "{kind: bootstrap}", "resampling.samples is missing"),
            ("resampling.kind", "none", "must be one of"), ("configurations", "[a, b, a, d]", "names a twice"),
            ("configurations", "[]", "must not be empty"),
            ("configurations", "[a, {b: c}]", "list of texts"),
            ("data_folder", "nowhere", "give the one where the raw files lie"),
            ("configurations_from", "list.txt", "keep one"), ("output.file", "no/such/a.h5", "make its directory"),
            ("output.fil", "a", "did you mean file?"),
        ]:
            self.refused([key if "no/such" not in value else value, *parts], "lattice-import", "import.yaml", "--set",
                         f"{key}={value}")
        self.refused(["import.yaml:11: resampling.bin_size", "do not make bins of 3"], "lattice-import",
                     self.write("import3.yaml",
                                raw.CONFIG.replace("bin_size: 1",
                                                   "bin_size: 3")).rename(self.folder / "import.yaml").name, ranks=3)

    def changed_correlator(self, change, *parts, ranks=1):
        with h5py.File(self.folder / "out" / "correlator.h5") as good, h5py.File(self.folder / "changed.h5",
                                                                                 "w") as copy:
            for name in good:
                good.copy(name, copy)
            copy.attrs.update(good.attrs)
            change(copy)
        self.refused(["changed.h5", *parts], "lattice-potential", "potential.yaml", "--set",
                     "correlator.file=changed.h5", ranks=ranks)

    def attribute(self, name, value, *parts):
        self.changed_correlator(lambda f: f.attrs.__setitem__(name, value), *parts)

    def dataset(self, name, change, *parts, ranks=1):
        def apply(file):
            values = change(file[name][:])
            attributes = dict(file[name].attrs)
            del file[name]
            if values is not None:
                file[name] = values
                file[name].attrs.update(attributes)
        self.changed_correlator(apply, *parts, ranks=ranks)

    def test_correlator_file_as_a_whole(self):
        whole = (self.folder / "out" / "correlator.h5").read_bytes()
        potential = ("lattice-potential", "potential.yaml", "--set", "correlator.file=changed.h5")
        self.refused(["changed.h5: cannot be opened", "check the name"], *potential, ranks=3)
        for content, part in [(b"", "is empty; write it again"), (b"text", "is not an HDF5 file"),
                              (whole[:-200], "truncated or damaged; write it again"),
                              (whole[:2000], "truncated or damaged")]:
            (self.folder / "changed.h5").write_bytes(content)
            for ranks in (1, 3):
                self.refused(["changed.h5: ", part], *potential, ranks=ranks)
        self.refused(["out/potential.h5: is a lattice_potential file; a correlator file is needed"],
                     "lattice-potential", "potential.yaml", "--set",
                     "correlator.file=out/potential.h5")

    def test_attributes_of_the_correlator_file(self):
        again = "import the correlators again"
        for name, value, *parts in [
            ("format_version", 0, "/@format_version: is 0, versions begin with 1"),
            ("kind", "dataset", "is a dataset file; a correlator file is needed"),
            ("format_version", 99, "has format version 99", "use a newer"),
            ("L", 6, "/multiplicity: adds to 64 and not to L^3 = 216"), ("L", "four", "L"),
            ("L", -4, "/@L: is -4", again), ("L", 5000, "/@L"), ("T", 4, "/t: entry 2 is 4"),
            ("inverse_a_MeV", 0.0, "/@inverse_a_MeV: is 0", again), ("mass1_a", -0.5, "/@mass1_a: is -0.5", again),
            ("mass2_a", np.nan, "/@mass2_a: is nan"),
            ("mass1_error_a", -1.0, "/@mass1_error_a"), ("resampling", "cross", "/@resampling: is 'cross'", again),
            ("bin_size", 3, "/@bin_size: is 3", "different length"),
            ("bin_size", 2, "/R: has shape 4 x 3 x 10; 2 x 3 x 10 is needed"),
            ("configurations", 1, "errors need at least two"),
            ("configurations", 0, "/@configurations: is 0"),
        ]:
            self.attribute(name, value, *parts)
        self.changed_correlator(lambda f: f.attrs.__delitem__("T"), "T", "is missing")
        self.changed_correlator(lambda f: f.attrs.__delitem__("kind"), "was not written by hadronforce", ranks=3)

    def test_datasets_of_the_correlator_file(self):
        def put(index, value):
            def change(values):
                values[index] = value
                return values
            return change

        for name in ("/R", "/ensemble_R", "/points", "/r", "/t", "/multiplicity"):
            self.dataset(name, lambda v: None, f":{name}: is missing")
        for ranks in (1, 3):
            self.dataset("/R", put((2, 1, 3), np.nan), "/R: sample 2, slice 1, point 3 is nan", ranks=ranks)
        self.dataset("/R", put((2, 1, 3), 0.0), "/R: sample 2, slice 1, point 3 is 0")
        self.dataset("/R", put((2, 1, 3), 1e10), "/R: sample 2, t = 3, point 3 is 1e+10", "that is no noise", ranks=2)
        self.dataset("/ensemble_R", put((1, 3), np.nan), "/ensemble_R: slice 1, point 3 is nan")
        self.dataset("/ensemble_R", put((1, 3), 0.0), "/ensemble_R: slice 1, point 3 is 0", ranks=3)
        self.dataset("/R", lambda v: v[:3], "/R: has shape 3 x 3 x 10; 4 x 3 x 10 is needed", ranks=3)
        self.dataset("/R", lambda v: v.reshape(12, 10), "/R: has shape 12 x 10")
        self.dataset("/R", lambda v: v.astype("S8"), "/R")
        self.dataset("/ensemble_R", lambda v: v[:2], "/ensemble_R: has shape 2 x 10")
        self.dataset("/points", put(1, (0, 1, 0)), "/points: row 1, (0, 1, 0), does not represent an orbit")
        self.dataset("/points", put(1, (3, 0, 0)), "does not represent an orbit")
        self.dataset("/points", put((1, 0), 0.5), "/points: holds 0.5 where whole numbers")
        self.dataset("/points", put((1, 0), np.nan), "/points: holds nan")
        self.dataset("/points", put(1, (0, 0, 0)), "/points: row 1, (0, 0, 0), occurs twice", ranks=3)
        self.dataset("/points", lambda v: v[:, :2], "/points: does not fit")
        self.dataset("/points", lambda v: v[:9], "/points: does not fit")
        self.dataset("/multiplicity", put(1, 7), "/multiplicity: adds to 65 and not to L^3 = 64")
        self.dataset("/multiplicity", lambda v: v[[0, 2, 1, *range(3, 10)]],
                     "/multiplicity: row 1 is 3, the orbit has 6 sites")
        self.dataset("/r", put(1, 1.5), "/r: row 1 is 1.5, |r| of its site is 1")
        self.dataset("/t", lambda v: v[::-1], "/t: entry 1 is 3; times must ascend")
        self.dataset("/t", put(2, 8), "/t: entry 2 is 8; times must ascend within 0 ... T - 1 = 7")
        self.dataset("/t", put(2, 3.5), "/t: holds 3.5")
        self.dataset("/t", lambda v: v[:2], "/R: has shape 4 x 3 x 10; 4 x 2 x 10 is needed")

    def potential_refused(self, parts, *sets, ranks=1):
        self.refused(parts, "lattice-potential", "potential.yaml", *[f"--set={one}" for one in sets], ranks=ranks)

    def test_config_of_the_potential(self):
        for one, *parts in [
            ("potential.times=[2]", "correlator.h5:/t: lacks t = 1, which derivatives at t = 2 need"),
            ("potential.times=[7]", "lacks t = 7; it has 2, 3, 4"),
            ("potential.times=[]", "must not be empty"), ("potential.times=[3, 3]", "must ascend"),
            ("potential.times=3", "a list of whole numbers"),
            ("potential.time_order=4", "lacks t = 1"), ("potential.space_order=3", "must be 2 or 4"),
            ("potential.reduced_mass_a=-1", "must be positive"),
            ("output={}", "needs a table (CSV) or a file (HDF5), or both"),
            ("potential.spaceorder=2", "did you mean space_order?"), ("output.file=no/such/a.h5", "make its directory"),
            ("output={table: no/such/a.csv}", "make its directory"),
        ]:
            self.potential_refused(parts, one)
        self.potential_refused(["lacks t = 1"], "potential.times=[2]", ranks=3)

    def test_fit(self):
        code, output, messages = run("lattice-potential", "potential.yaml", "--set", FIT % "", ranks=2, cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        self.assertIn("of sum_of_gaussians to 10 points", output)
        self.assertRegex(output,
                         r"potential: \{form: sum_of_gaussians, strengths_MeV: \[[^,]*\], ranges_fm: \[[^,]*\]\}")
        for more, *parts in [
            (", form: gauss", "given twice"),
            (", r_max_fm: 0.05", "1 points do not determine 2 parameters; widen the range"),
            (", r_min_fm: 9", "0 points do not determine"),
            (", r_min_fm: 0.2, r_max_fm: 0.1", "fit.r_max_fm must be larger than r_min_fm"),
            (", r_max_fm: far", "must be a number"),
            (", fixed: [range_fm]", "range_fm is fixed, but no parameter of sum_of_gaussians"),
            (", fixed: ranges_fm", "a list of texts"),
            (", fixed: [ranges_fm, strengths_MeV]", "all parameters are fixed"),
            (", correlated: maybe", "must be true or false"),
            (", correlated: true", "4 samples do not determine the covariance of 10 points"),
            (", shrinkage: 2", "between 0 and 1"), (", shrinkage: 0.5", "set correlated: true"),
            (", error_floor_MeV: -1", "fit.error_floor_MeV"),
            (", rmax_fm: 1", "did you mean r_max_fm?"),
        ]:
            self.potential_refused(["--set fit", *parts], FIT % more)
        for one, *parts in [
            ("fit=1", "it must be a mapping"),
            ("fit={form: gauss, start: {}}", "fit.form is not known", "sum_of_gaussians"),
            ("fit={form: sum_of_gaussians}", "fit.start is missing"),
            ("fit={form: sum_of_gaussians, start: {ranges_fm: [1]}}", "fit.start.strengths_MeV is missing"),
            ("fit={form: sum_of_gaussians, start: {ranges_fm: [1], strengths_MeV: 3}}", "a list of numbers"),
            ("fit={form: sum_of_gaussians, start: {ranges_fm: [-1], strengths_MeV: [3]}}", "must be positive"),
            ("fit={form: sum_of_gaussians, start: {ranges_fm: [1, 2], strengths_MeV: [3]}}",
             "give one range for each strength"),
            ("fit={form: sum_of_gaussians, start: {ranges_fm: [1], strengths_MeV: [3], b: 1}}",
             "fit.start.b is not a known key"),
            ("fit={form: gaussian_plus_yukawa_power, start: {n_pi: 2, b1_MeV: 3, b2_per_fm2: 70, b3_MeV_fm2: 3, "
             "b4_per_fm2: 1}}", "n_pi cannot vary", "fix it"),
            ("fit={form: yukawa, start: {strength_MeV_fm: 1, m_MeV: 146}}", "yukawa is inf MeV at r = 0 fm",
             "leave this point out"),
        ]:
            self.potential_refused(["--set fit", *parts], one)
        self.potential_refused(["0 points do not determine"], FIT % ", r_min_fm: 9", ranks=3)
        # Two samples that are alike leave the covariance of three points singular, all alike leave no errors.
        with h5py.File(self.folder / "out" / "correlator.h5", "r+") as file:
            file["R"][1] = file["R"][0]
        few = FIT % ", fixed: [ranges_fm], r_max_fm: 0.15, correlated: true"
        for ranks in (1, 3):
            self.potential_refused(["--set fit", "the covariance of the points is singular; give a shrinkage"], few,
                                   ranks=ranks)
        with h5py.File(self.folder / "out" / "correlator.h5", "r+") as file:
            file["R"][:] = file["R"][0]
        self.potential_refused(["--set fit", "at r = 0 fm has the error 0"], FIT % "")

    def tearDown(self):
        print(f"{self._testMethodName}: {self.cases} malformed inputs")


if __name__ == "__main__":
    main()
