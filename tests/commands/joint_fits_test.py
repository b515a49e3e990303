"""`fit` of several measurements: shared and tied parameters, what is known beforehand, errors in common."""

import signal
import subprocess
import time

import h5py
import numpy as np

from fermion_fits import OfFermions, fermions
from program import PROGRAM, SOURCE, main, run

MT = {"low": 1.2, "high": 1.9}
JOINT = """parameters:
  core: {start: 1.0, min: 0.3, max: 5, unit: fm}
  slope: {start: -0.2}
pair: {name: fermions, mass1_MeV: 938, mass2_MeV: 938}
channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]
measurements:
  low:
    data: {file: low.csv}
    source: {form: gaussian, r0_fm: {formula: core * 1.2^slope}}
    lambda: {start: 0.5, min: 0, max: 1}
  high:
    data: {file: high.csv}
    source: {form: gaussian, r0_fm: {formula: core * 1.9^slope}}
    lambda: {start: 0.5, min: 0, max: 1}
normalisation: {start: 1}
fit: {profile: false}
output: {file: out/fit.h5, table: out/fit.csv}
"""
TRUTH = {"core": 1.4, "slope": -0.4, "normalisation": 1.02, "measurements.low.lambda": 0.7,
         "measurements.high.lambda": 0.55}


def run_plot(*arguments, cwd):
    return subprocess.run(["/usr/bin/python3", "-B", SOURCE / "tools" / "plot.py", *arguments], cwd=cwd).returncode


def prediction(low, high, name, p):
    return fermions(low, high, {"source.r0_fm": p["core"] * MT[name] ** p["slope"],
                                "lambda": p[f"measurements.{name}.lambda"], "normalisation": p["normalisation"],
                                "baseline.linear_per_GeV": 0})


class JointFits(OfFermions):
    def setUp(self):
        super().setUp()
        generator = np.random.default_rng(17)
        self.of = {}
        for name in MT:
            self.of[name] = (prediction(self.low, self.high, name, TRUTH)
                             + self.error * generator.standard_normal(len(self.low)))
            self.write_data(f"{name}.csv", self.of[name])

    def by_hand(self, names, known=None, common=0.0):
        """Gauss and Newton's fit to the closed form: values and errors."""
        known = known or {}
        p = dict(TRUTH)
        covariance = np.diag(np.tile(self.error, 2) ** 2) + common**2
        root = np.linalg.cholesky(np.linalg.inv(covariance)).T
        weights = [1 / known[n][1] for n in known]

        def residuals(p):
            model = np.concatenate([prediction(self.low, self.high, name, p) for name in MT])
            return np.concatenate([root @ (model - np.concatenate([self.of[name] for name in MT])),
                                   [(p[n] - known[n][0]) * w for n, w in zip(known, weights)]])

        for _ in range(20):
            r = residuals(p)
            jacobian = np.array([(residuals({**p, n: p[n] + 1e-5}) - residuals({**p, n: p[n] - 1e-5})) / 2e-5
                                 for n in names]).T
            step = np.linalg.lstsq(jacobian, -r, rcond=None)[0]
            p.update({n: p[n] + s for n, s in zip(names, step)})
        return p, dict(zip(names, np.sqrt(np.diag(np.linalg.inv(jacobian.T @ jacobian))))), np.sum(r**2)

    def joint(self, text, ranks=1):
        output = self.fit(text, ranks=ranks)
        with h5py.File(self.folder / "out/fit.h5") as file:
            names = [n.decode() if isinstance(n, bytes) else n for n in file["parameters"].attrs["names"]]
            found = {key: dict(zip(names, file["parameters"][key][:])) for key in ("values", "errors")}
            found["chi2"], found["ndf"] = file.attrs["chi2"], file.attrs["degrees_of_freedom"]
            found["of"] = {name: group.attrs["chi2"] for name, group in file["measurements"].items()}
            found["model"] = {name: group["model/correlation"][:] for name, group in file["measurements"].items()}
        return output, found

    def compare(self, found, names, **more):
        values, errors, chi2 = self.by_hand(names, **more)
        for name in names:
            self.assertLess(abs(found["values"][name] - values[name]), 0.03 * errors[name], name)
            self.assertAlmostEqual(found["errors"][name] / errors[name], 1, delta=0.02, msg=name)
        self.assertAlmostEqual(found["chi2"], chi2, delta=0.01)

    def test_shared_and_tied_parameters(self):
        tables = []
        for ranks in (1, 2, 3):
            output, found = self.joint(JOINT, ranks)
            tables.append((self.folder / "out/fit.csv").read_text())
        self.assertEqual(tables[0], tables[1])
        self.assertEqual(tables[0], tables[2])
        self.assertEqual(set(found["values"]), set(TRUTH))
        self.compare(found, list(TRUTH))
        self.assertAlmostEqual(sum(found["of"].values()), found["chi2"], places=6)
        self.assertEqual(found["ndf"], 75)
        for name in MT:
            np.testing.assert_allclose(found["model"][name], prediction(self.low, self.high, name, found["values"]),
                                       atol=2e-6)
        self.assertIn("fit: 5 parameters to 2 measurements\n  low: fermions, 40 bins of low.csv", output)
        table = np.genfromtxt(tables[0].splitlines(), delimiter=",", names=True)
        self.assertEqual(np.sum(table["measurement"] == 1), 40)
        self.assertIn("# measurement 1, high: fermions to high.csv", tables[0])

    def test_what_is_known_beforehand_counts_as_a_measurement(self):
        known = {"measurements.low.lambda": (0.75, 0.02), "slope": (-0.35, 0.03)}
        text = (JOINT.replace("slope: {start: -0.2}", "slope: {normal: [-0.35, 0.03]}")
                .replace("lambda: {start: 0.5, min: 0, max: 1}", "lambda: {normal: [0.75, 0.02], min: 0, max: 1}", 1))
        _, found = self.joint(text)
        self.compare(found, list(TRUTH), known=known)
        self.assertEqual(found["ndf"], 77)

    def test_errors_in_common_move_all_bins(self):
        """A column that moves all bins of both measurements together, as a covariance with a constant would."""
        for name in MT:
            rows = "".join(f"{a},{b},{c:.12g},{e:.12g},0.006\n"
                           for a, b, c, e in zip(self.low, self.high, self.of[name], self.error))
            self.write(f"{name}.csv", "k_low,k_high,C,stat_err,sys_err\n" + rows)
        text = "".join(line.replace(".csv}", ".csv, correlated: {pid: {errors: [sys]}}}") if "data:" in line else line
                       for line in JOINT.splitlines(keepends=True))
        _, found = self.joint(text)
        self.compare(found, list(TRUTH), common=0.006)
        self.assertIn("shift of pid", found["values"])
        with h5py.File(self.folder / "out/fit.h5") as file:
            group = file["measurements/low"]
            self.assertEqual(list(group["model/parts"].attrs["names"]), ["genuine", "shift of pid"])
            np.testing.assert_allclose(group["model/baseline"][:] + np.sum(group["model/parts"][:], axis=0),
                                       group["model/correlation"][:], atol=1e-12)
            np.testing.assert_allclose(group["model/parts"][1], 0.006 * found["values"]["shift of pid"], rtol=1e-9)
        self.assertEqual(found["ndf"], 75)
        # Each with one of its own: not the same.
        self.joint(text.replace("pid", "other", 1))
        code, _, messages = run("fit", self.write("config.yaml", text.replace("[sys]", "[sis]", 1)), cwd=self.folder)
        self.assertEqual(code, 2)
        self.assertIn("sis", messages[0])

    def test_what_follows_has_errors(self):
        """a0 of a well of fitted depth: its error is the depth's times the slope that two solutions give."""
        well = ("pair: {name: a-b, mass1_MeV: 938, mass2_MeV: 1100}\nsource: {form: gaussian, r0_fm: 1.2}\n"
                "potential: {form: square_well, radius_fm: 1.5, depth_MeV: DEPTH}\n")

        def solved(depth):
            code, _, messages = run("solve", self.write("solve.yaml", well.replace("DEPTH", str(depth)) +
                                    "momentum: {k_min_MeV: 0, k_max_MeV: 240, points: 40}\n"
                                    "output: {table: out/solved.csv, file: out/solved.h5}\n"), cwd=self.folder)
            self.assertEqual((code, messages), (0, []))
            with h5py.File(self.folder / "out/solved.h5") as file:
                return file["correlation"][:], file.attrs["a0_fm"]

        c, _ = solved(15.0)
        rows = "".join(f"{a + 3},{v + 0.01 * n:.12g},0.01\n" for a, v, n in zip(self.low, c, self.noise))
        self.write("data.csv", "k_star,C,stat_err\n" + rows)
        text = well.replace("DEPTH", "{start: 10, min: 1, max: 19}") + "data: {file: data.csv}\n" + (
            "fit: {profile: false}\noutput: {file: out/fit.h5}\n")
        output = self.fit(text)
        with h5py.File(self.folder / "out/fit.h5") as file:
            depth, error = file["parameters/values"][0], file["parameters/errors"][0]
            names = [n.decode() if isinstance(n, bytes) else n for n in file["derived/values"].attrs["names"]]
            a0 = file["derived/values"][names.index("a0_fm")], file["derived/errors"][names.index("a0_fm")]
            self.assertEqual(file["derived/potential/V_MeV"].shape, (1, 501))
            self.assertAlmostEqual(file["derived/potential/V_MeV"][0, 100], -depth, places=9)
            self.assertAlmostEqual(file["derived/potential/V_error_MeV"][0, 100] / error, 1, delta=1e-4)
            self.assertEqual(file["derived/curves/delta_rad"].shape, (40,))
            self.assertTrue((file["derived/curves/delta_rad_error"][:] > 0).all())
        up, down = solved(depth + 0.3 * error)[1], solved(depth - 0.3 * error)[1]
        self.assertAlmostEqual(a0[0], solved(depth)[1], places=6)
        self.assertAlmostEqual(a0[1] / (0.5 * abs(up - down) / 0.3), 1, delta=1e-3)
        self.assertRegex(output, r"a0_fm = -?[0-9.]+ \+- [0-9.]+ fm")

    def test_scans(self):
        """Over one parameter: the parabola that the closed form has. The same on any number of ranks, and when killed
        on the way."""
        text = JOINT.replace("out/fit.csv", "out/fit.csv, scan: out/scan.csv") + (
            "scan: [{over: core, from: 1.3, to: 1.5, points: 5}, {over: measurements.low.lambda, from: 0.6, to: 0.8, "
            "points: 6}]\n")
        tables = []
        for ranks in (1, 2, 3):
            output = self.fit(text, ranks=ranks)
            tables.append((self.folder / "out/scan.csv").read_text())
        self.assertEqual(tables[0], tables[1])
        self.assertEqual(tables[0], tables[2])
        self.assertIn("scan over core and measurements.low.lambda: 30 cells", output)
        table = np.genfromtxt(tables[0].splitlines(), delimiter=",", names=True)
        self.assertEqual(len(table), 30)
        for row in table[[0, 7, 29]]:
            names = ["slope", "normalisation", "measurements.high.lambda"]
            fixed = {"core": (row["core"], 1e-7), "measurements.low.lambda": (row[1], 1e-7)}
            _, _, chi2 = self.by_hand(names + list(fixed), known=fixed)
            self.assertAlmostEqual(row["chi2"], chi2, delta=0.02)
        with h5py.File(self.folder / "out/fit.h5") as file:
            np.testing.assert_allclose(file["scan/chi2"][:].ravel(), table["chi2"], rtol=1e-9)
        self.assertEqual(run_plot("scan", "out/fit.h5", "-o", "out/scan.png", cwd=self.folder), 0)
        self.assertEqual(run_plot("fit", "out/fit.h5", "-o", "out/fit.png", cwd=self.folder), 0)
        larger = text.replace("points: 5", "points: 40").replace("points: 6", "points: 30")
        self.fit(larger)
        undisturbed = (self.folder / "out/scan.csv").read_text()
        (self.folder / "out/scan.csv").unlink()
        config = self.write("config.yaml", larger)
        for wait in (0.4, 0.8):
            running = subprocess.Popen([PROGRAM, "fit", config], cwd=self.folder, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            running.stdout.readline()
            time.sleep(wait)
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=60)
            if running.returncode == 0:
                break
            self.assertEqual(running.returncode, 75)
        self.fit(larger, ranks=2)
        self.assertEqual((self.folder / "out/scan.csv").read_text(), undisturbed)

    def test_scans_over_what_follows(self):
        """chi^2 over a0 of a well is chi^2 over its depth at the depth that has this a0."""
        well = ("pair: {name: a-b, mass1_MeV: 938, mass2_MeV: 1100}\nsource: {form: gaussian, r0_fm: 1.2}\n"
                "potential: {form: square_well, radius_fm: 1.5, depth_MeV: DEPTH}\n")
        c = 1 + 0.5 * np.exp(-(self.low + 3) / 60)
        rows = "".join(f"{a + 3},{v:.12g},0.01\n" for a, v in zip(self.low, c))
        self.write("data.csv", "k_star,C,stat_err\n" + rows)
        text = well.replace("DEPTH", "{start: 10, min: 1, max: 19}") + (
            "data: {file: data.csv}\nfit: {profile: false}\noutput: {file: out/fit.h5}\n")
        self.fit(text + "scan: [{over: potential.depth_MeV, from: 6, to: 14, points: 9}]\n")
        with h5py.File(self.folder / "out/fit.h5") as file:
            depths, chi2 = file["scan/axis_0"][:], file["scan/chi2"][:]
            a0 = file["derived/values"][0], file["derived/errors"][0]
        span = f"from: {a0[0] - a0[1]:.6f}, to: {a0[0] + a0[1]:.6f}, points: 5"
        self.fit(text + f"scan: [{{over: a0_fm, {span}}}]\n")
        with h5py.File(self.folder / "out/fit.h5") as file:
            np.testing.assert_allclose(np.interp(file["scan/parameters"][:, 0], depths, chi2), file["scan/chi2"][:],
                                       atol=0.1 * np.ptp(chi2) / 9)
            self.assertTrue((np.diff(file["scan/parameters"][:, 0]) != 0).all())
        self.refuse(text + "scan: [{over: a1_fm, from: 0, to: 1, points: 3}]\n", "scan[0].over = a1_fm is neither")
        self.refuse(text + "scan: [{over: potential.depth_MeV, from: 6, to: 24, points: 3}]\n", "leave the bounds")

    def test_a_bootstrap_has_the_errors_of_the_fit(self):
        """Nearly linear: the standard deviation of 300 samples is the covariance's error within its own, 4 %; known
        parameters and errors in common move with them. Equal tables on any number of ranks."""
        text = (JOINT.replace("{profile: false}", "{profile: false, bootstrap: {samples: 300}}")
                .replace("slope: {start: -0.2}", "slope: {normal: [-0.35, 0.03]}"))
        text = text.replace("{file: low.csv}", "{file: low.csv, correlated: {scale: {relative: 0.01}}}").replace(
            "{file: high.csv}", "{file: high.csv, correlated: {scale: {relative: 0.01}}}")
        output, found = self.joint(text)
        first = (self.folder / "out/fit.csv").read_text()
        self.assertIn("bootstrap: 300 samples; 16 % and 84 % of them lie at\n  core = ", output)
        with h5py.File(self.folder / "out/fit.h5") as file:
            names = [n.decode() if isinstance(n, bytes) else n for n in file["bootstrap/values"].attrs["names"]]
            values = file["bootstrap/values"][:]
            self.assertTrue((file["bootstrap/converged"][:] == 1).all())
            # Noise upon the data's own.
            self.assertAlmostEqual(file["bootstrap/chi2"][:].mean(), found["chi2"] + found["ndf"], delta=5)
        for name, error in found["errors"].items():
            self.assertAlmostEqual(values[:, names.index(name)].std() / error, 1, delta=0.15, msg=name)
        self.joint(text, ranks=3)
        self.assertEqual((self.folder / "out/fit.csv").read_text(), first)

    def test_variations_are_fits_with_other_choices(self):
        text = JOINT + ("variations:\n  - [measurements.low.data.k_max_MeV=120, measurements.high.data.k_max_MeV=120]\n"
                        "  - measurements.low.lambda=0.7\n")
        output = self.fit(text)
        with h5py.File(self.folder / "out/fit.h5") as file:
            names = [n.decode() if isinstance(n, bytes) else n for n in file["variations/values"].attrs["names"]]
            values, chi2 = file["variations/values"][:], file["variations/chi2"][:]
        for row, changes in enumerate((["measurements.low.data.k_max_MeV=120", "measurements.high.data.k_max_MeV=120"],
                                       ["measurements.low.lambda=0.7"])):
            self.fit(JOINT, *(word for change in changes for word in ("--set", change)))
            with h5py.File(self.folder / "out/fit.h5") as file:
                alone = [n.decode() if isinstance(n, bytes) else n for n in file["parameters"].attrs["names"]]
                for name, value, error in zip(alone, file["parameters/values"][:], file["parameters/errors"][:]):
                    self.assertAlmostEqual(values[row, names.index(name)], value, delta=0.02 * error)
                self.assertAlmostEqual(chi2[row], file.attrs["chi2"], delta=0.01)
        self.assertTrue(np.isnan(values[1, names.index("measurements.low.lambda")]))
        self.assertRegex(output, r"with measurements.low.lambda=0.7: chi2/ndf = [0-9.]+/76, core = ")
        self.assertRegex(output, r"variations move core by [-+][0-9.e-]+ to [-+][0-9.e-]+, rms ")
        # What a variation fixes may be scanned, and what it leaves without a use may stand.
        one = JOINT + ("scan: [{over: normalisation, from: 1, to: 1.04, points: 3}]\n"
                                               "variations: [normalisation=1.02, [measurements.low.source.r0_fm=1.3, "
                                               "measurements.high.source.r0_fm=1.1]]\n")
        self.assertRegex(self.fit(one), r"with normalisation=1.02: chi2/ndf = [0-9.]+/76, core")
        # What one reading warned of, the others need not say again.
        lines = (self.folder / "low.csv").read_text().splitlines()
        row = lines[7].split(",")
        lines[7] = ",".join([*row[:-1], str(1000 * float(row[-1]))])
        (self.folder / "low.csv").write_text("\n".join(lines) + "\n")
        self.assertEqual(self.fit(text).count("warning: "), 1)
        self.refuse(text + "  - measurements.low.lamda=0.7\n", "did you mean lambda", "variations[2]", ranks=(1,))
        self.refuse(text + "  - output.file=x.h5\n", "varies nothing", ranks=(1,))
        self.refuse(text + "  - measurements.low.data.file=no.csv\n", "no.csv", "variations[2]", ranks=(2,))

    def test_what_is_wrong_is_named(self):
        for change, message in (
                ({"    data: {file: low.csv}\n": ""}, "measurements.low.data is missing"),
                ({"pair:": "data: {file: low.csv}\npair:"}, "data stands beside measurements"),
                ({"core * 1.9": "r0 * 1.9"}, "names r0"),
                ({"  slope: {start: -0.2}\n": ""}, "names slope"),
                ({"slope: {start: -0.2}": "slope: {start: 2000}"},
                 "measurements.low.source.form cannot be made: r0_fm"),
                ({"normalisation:": "normalization:"}, "did you mean normalisation"),
                ({"low.csv}": "low.csv, correlated: {a: {}}}"}, "needs either relative"),
                ({"low.csv}": "low.csv, correlated: {a: {relative: -1}}}"}, "must be positive"),
                ({"low.csv}": "low.csv, errors: [stat], correlated: {a: {errors: [stat]}}}"},
                 "errors has stat, which correlated.a has too"),
                ({"  low:": "  a/b:"}, "cannot be a measurement's name"),
                ({"{start: 0.5, min: 0, max: 1}": "{uniform: [0.2, 0.9], min: 0}"}, "lambda.min stands beside a prior"),
                ({"output:": "variations: [lambda=1, lambda=1]\noutput:"}, "is a variation again"),
                ({"output:": "variations: [fit.seed=2]\noutput:"}, "varies nothing")):
            text = JOINT
            for old, new in change.items():
                self.assertIn(old, text)
                text = text.replace(old, new, 1)
            self.refuse(text, message)


if __name__ == "__main__":
    main()
