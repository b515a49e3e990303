"""`fit`: known parameters come back from pseudo-data, ranks change nothing, and wrong input is refused."""

import concurrent.futures
import os
import pathlib
import signal
import subprocess
import sys
import time

import h5py
import numpy as np

from program import PROGRAM, SOURCE, TIMEOUT_S, InFolder, main, run, with_memory

HBAR_C = 197.3269804
SHARED = pathlib.Path(os.environ.get("HADRONFORCE_SHARED_DATA", "nowhere")) / "measured"
SEED = 20240517

# Two spin-1/2 fermions without any force: C = 1 - exp(-(2 k r0)^2)/2 in closed form.
FERMIONS = """data: {file: data.csv}
pair: {name: fermions, mass1_MeV: 938, mass2_MeV: 938}
channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]
source: {form: gaussian, r0_fm: {start: 1.0, min: 0.3, max: 5}}
lambda: {start: 0.5, min: 0, max: 1}
normalisation: {start: 1}
baseline: {linear_per_GeV: {start: 0}}
output: {file: out/fit.h5, table: out/fit.csv}
"""
TRUTH = {"source.r0_fm": 1.3, "lambda": 0.8, "normalisation": 1.05, "baseline.linear_per_GeV": -0.2}


def fermions(low, high, p):
    """The bin's average, by 40 points of Gauss's rule with weight k^2."""
    x, w = np.polynomial.legendre.leggauss(40)
    k = 0.5 * (low + high)[:, None] + 0.5 * (high - low)[:, None] * x
    c = 1 - 0.5 * p["lambda"] * np.exp(-((2 * k * p["source.r0_fm"] / HBAR_C) ** 2))
    baseline = p["normalisation"] * (1 + p["baseline.linear_per_GeV"] * k / 1000)
    average = lambda f: np.sum(w * k**2 * f, axis=1) / np.sum(w * k**2, axis=1)
    return average(baseline) * average(c)


class Fit(InFolder):
    def setUp(self):
        super().setUp()
        self.low = np.arange(0, 240, 6.0)
        self.high = self.low + 6
        generator = np.random.default_rng(SEED)
        print("seed", SEED)
        self.error = np.full(len(self.low), 0.004)
        self.noise = generator.standard_normal(len(self.low))
        self.data = fermions(self.low, self.high, TRUTH) + self.error * self.noise
        self.write_data("data.csv", self.data)

    def write_data(self, name, data):
        rows = "".join(f"{a},{b},{c:.12g},{e:.12g}\n" for a, b, c, e in zip(self.low, self.high, data, self.error))
        self.write(name, "k_low,k_high,C,stat_err\n" + rows)

    def fit(self, text, *more, ranks=1):
        code, output, messages = run("fit", self.write("config.yaml", text), *more, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), text)
        return output

    def result(self):
        with h5py.File(self.folder / "out/fit.h5") as file:
            group = file["parameters"]
            names = [n.decode() if isinstance(n, bytes) else n for n in group.attrs["names"]]
            content = {key: dict(zip(names, group[key][:])) for key in group
                       if isinstance(group[key], h5py.Dataset) and group[key].ndim == 1}
            content["covariance"] = group["covariance"][:]
            content["attributes"] = dict(file.attrs)
            content["model"] = file["model/correlation"][:]
            content["band"] = file["model/error"][:]
            content["residuals"] = file["residuals"][:]
        return content

    def refuse(self, text, *parts, more=(), ranks=(1, 2)):
        for n in ranks:
            with self.subTest(parts=parts, ranks=n):
                code, _, messages = run("fit", self.write("config.yaml", text), *more, ranks=n, cwd=self.folder)
                self.assertEqual((code, len(messages)), (2, 1), messages)
                for part in parts:
                    self.assertIn(part, messages[0])

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

    def test_hepdata_with_a_covariance(self):
        """Errors common to all bins loosen the normalisation alone: its error grows by what is common, in
        quadrature."""
        values = "".join(f"  - {{value: {c:.12g}, errors: [{{symerror: {e}, label: stat}}]}}\n" for c,
                         e in zip(self.data, self.error))
        edges = "".join(f"  - {{low: {a / 1000}, high: {b / 1000}}}\n" for a, b in zip(self.low, self.high))
        self.write("data.yaml", f"dependent_variables:\n- header: {{name: C}}\n  values:\n{values}"
                   f"independent_variables:\n- header: {{name: k*, units: GeV/$c$}}\n  values:\n{edges}")
        self.fit(FERMIONS, "--set", "data.file=data.yaml")
        separate = self.result()
        model, common = separate["model"], 0.01
        covariance = np.diag(self.error**2) + common**2 * np.outer(model, model)
        self.write("covariance.csv", "bin1,bin2,covariance\n" + "".join(
            f"{i + 1},{j + 1},{covariance[i, j]:.17g}\n" for i in range(len(model)) for j in range(i + 1)))
        self.fit(FERMIONS, "--set", "data={file: data.yaml, covariance: {file: covariance.csv}}")
        together = self.result()
        for name in TRUTH:
            expected = separate["errors"][name] ** 2 + (name == "normalisation") * (common * separate["values"][name]) ** 2
            self.assertAlmostEqual(together["errors"][name] / np.sqrt(expected), 1, delta=0.02, msg=name)

    def test_weight_of_mixed_events(self):
        """A table of k^2 is the phase space that is taken without one; to what linear pieces of 1 MeV/c leave."""
        self.write("mixed.csv", "k_star_MeV,weight\n" + "".join(f"{k},{k * k}\n" for k in range(300)))
        self.fit(FERMIONS, "--set", "fit.profile=false")
        own = self.result()
        self.fit(FERMIONS, "--set", "fit.profile=false", "--set", "bins.weight_file=mixed.csv")
        for name in TRUTH:
            self.assertAlmostEqual(self.result()["values"][name], own["values"][name], delta=0.02 * own["errors"][name])
        self.fit(FERMIONS, "--set", "fit.profile=false", "--set", "bins.points=1")
        # where a rule begins does not matter
        self.assertLess(np.max(np.abs(self.result()["model"] - own["model"])), 2e-6)

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
            self.assertIn("stopped after saving; run the same command again", messages)
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
        again = "{lambda: {start: 0.1}, pair: {mass1_MeV: 938, mass2_MeV: 938}, channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]}"
        for ranks in (1, 2):
            output = self.fit(FERMIONS, "--set", "contributions.again=" + again, "--set",
                              "contributions.flat.lambda.start=0.1", ranks=ranks)
            found = self.result()
            self.assertIn("contributions.flat.lambda changes nothing in the data; give it a value", output)
            self.assertRegex(output,
                             r"do not determine a change of the parameters along (-?lambda - "
                             r"contributions.again.lambda|-lambda \+ contributions.again.lambda);")
            self.assertRegex(output, r"determined: lambda \+ contributions.again.lambda = 0\.")
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

    def test_one_corrupt_bin_is_named(self):
        """The bin of line 12 once far below zero, once with an error that would make it all that counts."""
        self.data[10] = -0.3
        self.write_data("data.csv", self.data)
        output = self.fit(FERMIONS)
        self.assertIn("warning: data.csv:12: the bin at 63 MeV/c has C = -0.3 +- 0.004; no correlation function is "
                      "negative", output)
        self.assertIn("farthest from it lies the bin at 63 MeV/c (data.csv:12)", output)
        self.assertLess(self.result()["attributes"]["evaluations"], 1000)
        self.data[10] = self.data[9]
        self.error[10] = 1e-9
        self.write_data("data.csv", self.data)
        self.refuse(FERMIONS, "data.csv:12: the bin at 63 MeV/c has C = ",
                    "+- 1e-09, less than C is computed to, 1e-06; mend the row")
        self.error[10] = 1e-5
        self.write_data("data.csv", self.data)
        self.assertIn("warning: data.csv:12: the bin at 63 MeV/c has C = ",
                      self.fit(FERMIONS, "--set", "fit.profile=false"))

    def test_tens_of_thousands_of_bins(self):
        """Independent errors need no matrix of all bins; a force in so many momenta is refused before it takes
        memory."""
        self.write("data.csv", "k_low,k_high,C,stat_err\n"
                   + "".join(f"{k / 100:.2f},{(k + 1) / 100:.2f},1,0.1\n" for k in range(30000)))
        text = (FERMIONS.replace("{start: 1.0, min: 0.3, max: 5}", "1.3").replace("{start: 0.5, min: 0, max: 1}", "0")
                .replace("baseline: {linear_per_GeV: {start: 0}}\n", ""))
        config = self.write("config.yaml", text)
        done = subprocess.run([PROGRAM, "fit", config], cwd=self.folder, capture_output=True, text=True,
                              preexec_fn=with_memory(2 << 30), timeout=TIMEOUT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertAlmostEqual(self.result()["errors"]["normalisation"], 0.1 / np.sqrt(30000), delta=1e-6)  # of a mean
        well = text.replace("symmetry: even}",
                            "symmetry: even, waves: [{l: 0, form: square_well, depth_MeV: 10, radius_fm: 1}]}")
        self.refuse(well, "data.file has 30000 bins in the range, which need about", "GB; take wider bins")

    def test_hepdata_as_experiments_write_it(self):
        """Errors without signs are those with signs; Q is 2 k*; one of several variables of one name; all of a closed
        form."""
        k = np.arange(5, 205, 10.0)
        def variable(r0, minus, more=""):
            c = 1 - 0.5 * np.exp(-((2 * k * r0 / HBAR_C) ** 2))
            return f"- header: {{name: 'C(k*)'}}\n{more}  values:\n" + "".join(
                f"  - {{value: {x:.12g}, errors: [{{asymerror: {{plus: 0.1, minus: {minus}}}, label: stat}}]}}\n"
                for x in c)
        def table(name, header, size, variables):
            points = ", ".join(f"{{value: {x * size:.12g}}}" for x in k)
            self.write(name,
                       f"independent_variables:\n- "
                       f"{{header: {header}, values: [{points}]}}\ndependent_variables:\n{variables}")
        text = (FERMIONS.replace("data.csv", "data.yaml").replace("{start: 0.5, min: 0, max: 1}", "1")
                .replace("{start: 1}", "1").replace("{start: 0}", "0") + "fit: {profile: false}\n")
        errors = []
        for minus in (-0.1, 0.1):
            table("data.yaml", "{name: k*, units: MeV/c}", 1, variable(2.0, minus))
            self.fit(text)
            self.assertAlmostEqual(self.result()["values"]["source.r0_fm"], 2.0, delta=1e-3)
            errors.append(self.result()["errors"]["source.r0_fm"])
        self.assertAlmostEqual(errors[0], errors[1], delta=1e-9)
        table("data.yaml", "{name: Q, units: GEV/C}", 2e-3, variable(2.0, -0.1))
        self.refuse(text, "data.yaml:2: the momentum is called Q, which is 2 k*", "data.momentum")
        self.fit(text, "--set", "data.momentum=q_inv")
        self.assertAlmostEqual(self.result()["values"]["source.r0_fm"], 2.0, delta=1e-3)
        table("data.yaml", "{name: k*, units: GEV**-1}", 1e-3, variable(2.0, -0.1))
        self.refuse(text, "data.yaml:2: the units of k* are 'GEV**-1'")
        qualifier = "  qualifiers: [{{name: CENTRALITY, value: {0}}}]\n"
        table("data.yaml", "{name: 'K* (GEV/C)'}", 1e-3,
              variable(2.0, 0.1, qualifier.format("0-20%")) + variable(1.5, 0.1, qualifier.format("20-60%")))
        self.refuse(text,
                    "choose one by data.dependent_number or data.qualifiers: 1 C(k*) (CENTRALITY: 0-20%); 2 C(k*) "
                    "(CENTRALITY: 20-60%)")
        for choice, r0 in (("data.dependent_number=1", 2.0), ("data.qualifiers={CENTRALITY: 20-60%}", 1.5)):
            self.fit(text, "--set", choice)
            self.assertAlmostEqual(self.result()["values"]["source.r0_fm"], r0, delta=1e-3)

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

    def test_refusals(self):
        cases = [
            ("file: data.csv", "file: none.csv", ["none.csv: cannot be read"]),
            ("file: data.csv", "file: data.csv, k_max_MeV: 3", ["data.csv: has no bin within 0 to 3 MeV/c"]),
            ("file: data.csv", "file: data.csv, k_max_MeV: 10",
             ["config.yaml:1: data.file leaves 1 bins in the range, too few for 4"]),
            ("file: data.csv", "file: data.csv, k_min_MeV: 9, k_max_MeV: 3",
             ["data.k_max_MeV must be larger than k_min_MeV"]),
            ("file: data.csv", "file: data.csv, errors: [syst]", ["data.csv: has no error syst; its errors are stat"]),
            ("file: data.csv", "file: data.csv, columns: {value: CF}", ["data.csv: has no column CF"]),
            ("file: data.csv", "file: data.csv, columns: {unit: eV}",
             ["data.columns.unit is 'eV'; it must be one of MeV, GeV"]),
            ("file: data.csv", "file: data.csv, dependent: C", ["config.yaml:1: data.dependent is not a known key"]),
            ("file: data.csv", "file: data.csv, covariance: {file: no.csv}", ["no.csv: cannot be read"]),
            ("symmetry: even", "symmetry: both", ["channels[0].symmetry is 'both'"]),
            ("symmetry: even", "symmetry: even, waves: [{l: 1, preset: usmani_1s0}]",
             ["channels[0].waves[0].l = 1 does not exist where the symmetry is even"]),
            ("symmetry: even", "symmetry: even, waves: [{l: x, preset: usmani_1s0}]",
             ["channels[0].waves[0].l is 'x'; it must be a whole number"]),
            ("symmetry: even", "symmetry: even, waves: [{l: 0, preset: usmani}]",
             ["channels[0].waves[0].preset is not known"]),
            ("weight: 0.25", "weight: -1", ["channels[0].weight is '-1'; it must be positive"]),
            ("weight: 0.25", "weight: 0.5", ["channels have weights that add to 1.25"]),
            ("channels: [", "chanels: [",
             ["config.yaml:1: potential is missing; give a potential for the s-wave, or channels"]),
            ("form: gaussian", "form: gausian", ["source.form is not known"]),
            ("{start: 1.0, min: 0.3, max: 5}", "{start: 1.0, min: 2, max: 5}",
             ["source.r0_fm.start is 1; it must lie between min and max"]),
            ("{start: 1.0, min: 0.3, max: 5}", "{start: 1.0, min: 5, max: 2}",
             ["source.r0_fm.max must be larger than min"]),
            ("{start: 1.0, min: 0.3, max: 5}", "{min: 0.3, max: 5}", ["source.r0_fm.start is missing"]),
            ("{start: 1.0, min: 0.3, max: 5}", "{start: -1}",
             ["config.yaml:4: source.r0_fm.start is '-1'; it must be positive"]),
            ("{start: 1.0, min: 0.3, max: 5}", "{uniform: [1, 2]}", ["source.r0_fm.start is missing"]),
            ("mass2_MeV: 938", "mass2_MeV: 938, charge_product: 0.5",
             ["pair.charge_product is '0.5'; it must be a whole number"]),
            ("lambda:", "contributions: {feed: {}}\nlambda:", ["contributions.feed.lambda is missing"]),
            ("lambda:", "resolution: {file: data.csv}\nlambda:", ["data.csv: has no column k_low_MeV"]),
            ("lambda:", "bins: {weight_file: data.csv}\nlambda:", ["data.csv: has no column k_star_MeV"]),
            ("lambda:", "bins: {points: 0}\nlambda:",
             ["config.yaml:5: bins.points is '0'; it must lie between 1 and 64"]),
            ("normalisation: {start: 1}", "normalisation: {start: 1}\nbaseline2: 3",
             ["baseline2 is not a known key; did you mean baseline?"]),
            ("output: {file: out/fit.h5, table: out/fit.csv}", "output: {}", ["output needs a table (CSV) or a file"]),
            ("out/fit.h5", "no/such/fit.h5", ["no/such/fit.h5: cannot be written", "make its directory"]),
        ]
        def refused(number):
            old, new, _ = cases[number]
            assert old in FERMIONS, old
            (self.folder / str(number)).mkdir()
            return run("fit", self.write(f"{number}/config.yaml", FERMIONS.replace(old, new)), cwd=self.folder)

        with concurrent.futures.ThreadPoolExecutor(2) as two_at_a_time:
            for (_, new, parts), (code, _, messages) in zip(cases, two_at_a_time.map(refused, range(len(cases)))):
                with self.subTest(new=new):
                    self.assertEqual((code, len(messages)), (2, 1), messages)
                    for part in parts:
                        self.assertIn(part, messages[0])
        fixed = FERMIONS.replace("{start: 1.0, min: 0.3, max: 5}", "1.3").replace("{start: 0.5, min: 0, max: 1}", "0.8")
        self.refuse(fixed.replace("{start: 1}", "1").replace("{start: 0}", "0"), "and all else is fixed")
        self.assertEqual(list((self.folder / "out").iterdir()), [])


if __name__ == "__main__":
    main()
