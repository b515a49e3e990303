"""`fit`: known parameters come back from pseudo-data, ranks change nothing, what is stopped goes on."""

import os
import pathlib
import signal
import subprocess
import sys
import time

import h5py
import numpy as np

from fermion_fits import FERMIONS, TRUTH, OfFermions, fermions
from program import PROGRAM, SOURCE, main, run

SHARED = pathlib.Path(os.environ.get("HADRONFORCE_SHARED_DATA", "nowhere")) / "measured"


class Fit(OfFermions):
    def test_known_parameters_come_back(self):
        tables = []
        for ranks in (1, 2, 3):
            self.fit(FERMIONS, "--set", "fit.more_starts=3", ranks=ranks)
            tables.append((self.folder / "out/fit.csv").read_text())
        self.assertEqual(tables[0], tables[1])
        self.assertEqual(tables[0], tables[2])
        found = self.result()
        for name, truth in TRUTH.items():
            self.assertLess(abs(found["values"][name] - truth), 3 * found["errors"][name], name)
            for side in ("profile_down", "profile_up"):
                self.assertAlmostEqual(found[side][name] / found["errors"][name], 1, delta=0.3, msg=name)
        np.testing.assert_allclose(found["model"], fermions(self.low, self.high, found["values"]), atol=2e-6)
        np.testing.assert_allclose(found["residuals"], (self.data - found["model"]) / self.error, atol=1e-9)
        # As the keys say; the baseline is a polynomial of k in GeV/c.
        unit = {"source.r0_fm": "fm", "lambda": "1", "normalisation": "1", "baseline.linear_per_GeV": "c/GeV"}
        with h5py.File(self.folder / "out/fit.h5") as file:
            units = ", ".join(unit[name] for name in found["values"])
            for name in ("values", "errors", "profile_down"):
                self.assertEqual(file["parameters"][name].attrs["unit"], units)
            self.assertEqual(file["parameters/covariance"].attrs["unit"], f"({units}) x ({units})")
        self.assertAlmostEqual(found["attributes"]["chi2"], np.sum(found["residuals"] ** 2), places=6)
        self.assertEqual(found["attributes"]["degrees_of_freedom"], 36)
        self.assertTrue(1e-3 < found["attributes"]["p_value"] < 0.999)
        # The band is what small changes of the parameters do, weighed with their covariance.
        names, step = list(found["values"]), 1e-4
        slopes = np.array([(fermions(self.low, self.high, {**found["values"], n: found["values"][n] + step}) -
                            fermions(self.low, self.high,
                                     {**found["values"], n: found["values"][n] - step})) / (2 * step) for n in names])
        np.testing.assert_allclose(found["band"],
                                   np.sqrt(np.einsum("ik,ij,jk->k", slopes, found["covariance"], slopes)), rtol=2e-2)

    def test_a_parameter_at_its_bound_is_said_to_be(self):
        output = self.fit(FERMIONS.replace("start: 0.5, min: 0, max: 1}", "start: 0.5, min: 0, max: 0.6}"))
        self.assertIn("lambda = 0.6 (at its bound)", output)
        self.assertIn("the model does not describe the data", output)

    def test_a_stopped_fit_goes_on(self):
        """Stopped on one rank and again on two, then finished on three: the table of an undisturbed fit, to the bit."""
        text = FERMIONS + "fit: {more_starts: 4000}\n"
        self.fit(text)
        table = self.folder / "out" / "fit.csv"
        undisturbed = table.read_text()
        table.unlink()
        config = self.write("config.yaml", text)
        # mpirun hands SIGUSR1 on to the ranks.
        for command, asked in (([PROGRAM, "fit", config], signal.SIGTERM),
                               (["mpirun", "--quiet", "-n", "2", PROGRAM, "fit", config], signal.SIGUSR1)):
            running = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       text=True)
            self.assertIn("4 parameters to 40 bins", running.stdout.readline())
            time.sleep(0.3)
            running.send_signal(asked)
            _, messages = running.communicate(timeout=60)
            self.assertEqual(running.returncode, 75, messages)
            self.assertIn("what is finished is saved; run the same command again", messages)
            self.assertTrue((self.folder / "out" / "fit.h5.checkpoint").exists())
            self.assertFalse(table.exists())
        with h5py.File(self.folder / "out" / "fit.h5.checkpoint") as file:
            self.assertGreater(file["0/done"][:].sum(), 0)
        self.refuse(text, "fit.h5.checkpoint: belongs to a fit with another config or other data (fit.seed",
                    more=["--set", "fit.seed=2"])
        good = self.data[3]
        self.data[3] += 0.01  # the same name, other data
        self.write_data("data.csv", self.data)
        self.refuse(text, "fit.h5.checkpoint: belongs to a fit with another config or other data (data.csv")
        self.data[3] = good
        self.write_data("data.csv", self.data)
        output = self.fit(text, ranks=3)
        self.assertIn("goes on from out/fit.h5.checkpoint", output)
        self.assertEqual(table.read_text(), undisturbed)
        self.assertFalse((self.folder / "out" / "fit.h5.checkpoint").exists())

    def test_what_is_not_determined_is_said_and_the_rest_is_reported(self):
        """Of two contributions of one shape the sum counts: it has the value and the error of the one that stands
        alone, as all else has."""
        self.fit(FERMIONS, "--set", "fit.profile=false")
        alone = self.result()
        again = ("{lambda: {start: 0.1}, pair: {mass1_MeV: 938, mass2_MeV: 938}, channels: [{weight: 0.25, symmetry: "
                 "even}, {weight: 0.75, symmetry: odd}]}")
        for ranks in (1, 2):
            output = self.fit(FERMIONS, "--set", "contributions.again=" + again, "--set",
                              "contributions.flat.lambda.start=0.1", ranks=ranks)
            found = self.result()
            self.assertIn("contributions.flat.lambda changes nothing in the data; give it a value", output)
            self.assertRegex(output,
                             r"do not determine a change of the parameters along (-?lambda - "
                             r"contributions.again.lambda|-lambda \+ contributions.again.lambda);")
            self.assertRegex(output, r"determined to first order: lambda \+ contributions.again.lambda = 0\.")
            self.assertRegex(output, r"lambda = [0-9.]+ \(not determined by the data\)")
            self.assertIn("# contributions.flat.lambda = 0.1 (not determined by the data)",
                          (self.folder / "out/fit.csv").read_text())
            for name in ("source.r0_fm", "normalisation", "baseline.linear_per_GeV"):
                self.assertAlmostEqual(found["values"][name], alone["values"][name], delta=0.01 * alone["errors"][name])
                self.assertAlmostEqual(found["errors"][name] / alone["errors"][name], 1, delta=0.01)
                self.assertAlmostEqual(found["profile_up"][name] / found["errors"][name], 1, delta=0.3)
            for name in ("lambda", "contributions.again.lambda", "contributions.flat.lambda"):
                self.assertTrue(np.isnan(found["errors"][name]) and np.isnan(found["profile_up"][name]), name)
            self.assertAlmostEqual(found["values"]["lambda"] + found["values"]["contributions.again.lambda"],
                                   alone["values"]["lambda"], delta=0.01 * alone["errors"]["lambda"])
            self.assertEqual(found["attributes"]["degrees_of_freedom"], alone["attributes"]["degrees_of_freedom"])
            np.testing.assert_allclose(found["band"], alone["band"], rtol=0.02)
            with h5py.File(self.folder / "out/fit.h5") as file:
                self.assertEqual(file["parameters/undetermined"].shape, (2, 6))
                combinations = file["parameters/combinations"]
                self.assertEqual(combinations["coefficients"].shape, (1, 6))
                self.assertAlmostEqual(combinations["values"][0], alone["values"]["lambda"],
                                       delta=0.01 * alone["errors"]["lambda"])
                self.assertAlmostEqual(combinations["errors"][0] / alone["errors"]["lambda"], 1, delta=0.01)

    def test_parts_add_up_and_fits_are_drawn_together(self):
        """C that was fitted is baseline and parts; several fits stand in one picture where they have the same data."""
        quick = FERMIONS + """fit: {profile: false}
contributions:
  flat: {lambda: 0.05}
  same: {lambda: 0.1, pair: {mass1_MeV: 938, mass2_MeV: 938},
         channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]}
"""
        self.fit(quick)
        self.fit(quick, "--set", "baseline.linear_per_GeV=0", "--set", "output.file=out/flat.h5")
        with h5py.File(self.folder / "out/fit.h5") as file:
            parts = file["model/parts"]
            self.assertEqual(list(parts.attrs["names"]), ["genuine", "flat", "same"])
            np.testing.assert_allclose(file["model/baseline"][:] + np.sum(parts[:], axis=0),
                                       file["model/correlation"][:], atol=1e-12)
            self.assertEqual(np.abs(parts[1]).max(), 0)  # what is flat adds nothing
            np.testing.assert_allclose(parts[2] / parts[0], 0.1 / self.result()["values"]["lambda"], rtol=1e-9)
        with h5py.File(self.folder / "out/flat.h5") as file:
            self.assertLess(np.ptp(file["model/baseline"][:]), 1e-14)

        def plot(*arguments):
            return subprocess.run(["/usr/bin/python3", "-B", SOURCE / "tools" / "plot.py", "fit", *arguments, "-o",
                                   "out/fits.png"], cwd=self.folder, capture_output=True, text=True)

        self.assertEqual(plot("out/fit.h5").returncode, 0)
        self.assertEqual(plot("out/fit.h5", "out/flat.h5", "-l", "slope", "-l", "none", "--zoom", "0.1").returncode, 0)
        self.assertIn("1 labels were given for 2 files", plot("out/fit.h5", "out/flat.h5", "-l", "slope").stderr)
        self.data[3] += 0.01
        self.write_data("data.csv", self.data)
        self.fit(quick, "--set", "output.file=out/other.h5")
        wrong = plot("out/fit.h5", "out/other.h5")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("other.h5: is a fit to other data than", wrong.stderr)

    def test_hepdata_is_written_as_it_is_read(self):
        """The data come back from the table that is written of a fit, with their errors: the same fit."""
        self.fit(FERMIONS + "fit: {profile: false}\n", "--set", "output.hepdata=out/fit.yaml")
        first = self.result()
        again = FERMIONS.replace("{file: data.csv}", '{file: out/fit.yaml, dependent: "C(k*) measured"}')
        self.fit(again + "fit: {profile: false}\n", "--set", "output.file=out/again.h5")
        with h5py.File(self.folder / "out/again.h5") as file:
            np.testing.assert_allclose(file["data/correlation"][:], self.data, rtol=1e-9)
            np.testing.assert_allclose(file["data/error"][:], self.error, rtol=1e-9)
            np.testing.assert_allclose(file["parameters/values"][:], list(first["values"].values()), rtol=1e-6)
        code, output, _ = run("solve", self.write("solve.yaml", "pair: {mass1_MeV: 938, mass2_MeV: 1116}\npotential: "
                              "{form: square_well, radius_fm: 1, depth_MeV: 10}\nsource: {form: gaussian, r0_fm: 1}\n"
                              "momentum: {from: out/fit.yaml, dependent: \"C(k*) measured\"}\nlambda: 0.5\n"
                              "output: {file: out/s.h5, hepdata: out/s.yaml}\n"), cwd=self.folder)
        self.assertEqual(code, 0, output)
        text = (self.folder / "out/s.yaml").read_text()
        self.assertIn("name: 'C(k*) as measured'", text)
        self.assertIn("name: 'delta_rad'", text)

    def test_tables_are_read_by_numpy(self):
        self.fit(FERMIONS, "--set", "fit.profile=false")
        table = np.genfromtxt(self.folder / "out/fit.csv", delimiter=",", names=True)
        self.assertEqual(table.dtype.names[3:6], ("C", "C_err", "model"))
        np.testing.assert_allclose(table["C"], self.data, rtol=1e-9)
        # And by the program: its own table is data, with the errors' column named.
        self.fit(FERMIONS, "--set", "fit.profile=false", "--set",
                 "data={file: out/fit.csv, columns: {errors: {stat: C_err}}}", "--set", "output={file: out/fit.h5}")

    def test_picture(self):
        self.fit(FERMIONS)
        subprocess.run([sys.executable, SOURCE / "tools/plot.py", "fit", "out/fit.h5", "-o", "out/fit.png"],
                       cwd=self.folder, check=True)
        self.assertGreater((self.folder / "out/fit.png").stat().st_size, 5000)

    def test_measured_proton_pairs(self):
        data = SHARED / "pp_13TeV_MB_Ck_reweighted.csv"
        if not data.exists():
            self.skipTest(f"{data} is not there")
        config = self.config("pp_fit.yaml", ("../shared/data/measured/pp_13TeV_MB_Ck_reweighted.csv", str(data)),
                             ("file: out/pp_fit.h5, table: out/pp_fit.csv", "file: out/fit.h5"))
        code, _, messages = run("fit", config, cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        found = self.result()
        # Sources of pp collisions at the LHC: 1.1 to 1.4 fm; a description of data that no tuning made.
        self.assertTrue(1.05 < found["values"]["source.r0_fm"] < 1.4, found["values"])
        self.assertTrue(0.5 < found["values"]["lambda"] < 0.9, found["values"])
        self.assertEqual(found["attributes"]["degrees_of_freedom"], 71)
        self.assertLess(found["attributes"]["chi2"] / 71, 1.5)


if __name__ == "__main__":
    main()
