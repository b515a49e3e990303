"""From data to parameters: what `infer` prints is right within its errors, or refused."""

import math
import os
import pathlib
import random
import tempfile
import unittest

import h5py

from program import InFolder, main, run

PAIR = "pair: {name: x, mass1_MeV: 938.27208816, mass2_MeV: 1672.45}\n"
MOMENTUM = "momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 60}\n"
GENERATE = PAIR + MOMENTUM + """\
potential: {form: sum_of_gaussians, strengths_MeV: [{uniform: [-60, -20]}], ranges_fm: [{uniform: [0.8, 1.4]}]}
source: {form: gaussian, r0_fm: {uniform: [1, 2]}}
dataset: {file: out/g.h5, samples: 3000, seed: 7}
"""
TRAIN = """dataset: {file: out/g.h5, training_samples: 2400, validation_samples: 300}
network: {widths: [48, 48]}
training: {epochs: 40, patience: 40, seed: 1}
output: {model: out/m.h5, learning_curve: out/lc.csv}
"""
SOLVE = PAIR + MOMENTUM + """potential: {form: sum_of_gaussians, strengths_MeV: [-40], ranges_fm: [1.1]}
source: {form: gaussian, r0_fm: 1.5}
output: {table: out/s.csv}
"""
INFER = """model: {file: out/m.h5}
data: {table: out/s.csv}
truth: {"strengths_MeV[0]": -40, "ranges_fm[0]": 1.1, r0_fm: 1.5}
output: {file: out/i.h5}
"""
TRUTH = {"strengths_MeV[0]": -40, "ranges_fm[0]": 1.1, "r0_fm": 1.5}


def table(output):
    """Rows by name: true, fit, its error, network, its error; None for a dash."""
    number = lambda text: None if text in ("-", "at") else float(text)
    rows = {}
    for line in output.splitlines():
        words = line.replace("at bound", "at").split()
        name = words[0].removeprefix("potential.").removeprefix("source.") if words else ""
        if len(words) == 7 and name in ("strengths_MeV[0]", "ranges_fm[0]", "r0_fm", "depth_MeV", "radius_fm",
                                            "a0_fm", "lambda", "normalisation"):
            rows[name] = [number(word) for word in words[1:6]]
    return rows


class Infer(InFolder):
    @classmethod
    def setUpClass(cls):
        """One small model for all."""
        cls._model = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls._model.name)
        (folder / "out").mkdir()
        for name, text in (("gen", GENERATE), ("train", TRAIN), ("solve", SOLVE)):
            (folder / f"{name}.yaml").write_text(text)
        for command, config in (("generate", "gen.yaml"), ("train", "train.yaml"), ("solve", "solve.yaml")):
            code, _, messages = run(command, config, cwd=folder)
            assert code == 0, messages
        cls.made = folder / "out"

    @classmethod
    def tearDownClass(cls):
        cls._model.cleanup()

    def setUp(self):
        super().setUp()
        for name in ("m.h5", "s.csv"):
            (self.folder / "out" / name).write_bytes((self.made / name).read_bytes())
        self.write("infer.yaml", INFER)
        self.write("solve.yaml", SOLVE)

    def infer(self, *arguments, ranks=1):
        return run("infer", "infer.yaml", *arguments, ranks=ranks, cwd=self.folder)

    def exact(self):
        lines = [line for line in (self.folder / "out" / "s.csv").read_text().splitlines() if line[0] != "#"]
        names = lines[0].split(",")
        rows = [dict(zip(names, map(float, line.split(",")))) for line in lines[1:]]
        return [(row["k_star_MeV"], row["C"]) for row in rows]

    def data(self, rows, header="k_star_MeV,C"):
        self.write("data.csv", header + "\n" + "".join(",".join(f"{x:.12g}" for x in row) + "\n" for row in rows))

    def check_truth(self, output, sigmas, truth=TRUTH):
        rows = table(output)
        for name, true in truth.items():
            _, fit, fit_error, network, network_error = rows[name]
            if fit_error is not None:
                self.assertLess(abs(fit - true), sigmas * fit_error + 1e-5 * abs(true), name)
            if network_error is not None:
                self.assertLess(abs(network - true), sigmas * network_error, name)
        return rows

    def test_exact_data_at_fewer_momenta(self):
        """Every second momentum of exact data: exact solutions know of no interpolation, so the fit is exact."""
        rows = self.exact()
        self.data([rows[i] for i in sorted(set(range(0, 60, 2)) | {59})])
        code, output, messages = self.infer("--set", "data.table=data.csv", ranks=2)
        self.assertEqual((code, messages), (0, []))
        found = self.check_truth(output, 4)
        for name, true in TRUTH.items():
            self.assertLess(abs(found[name][1] - true), 1e-4 * abs(true), name)
            self.assertLess(found[name][2], 2e-3 * abs(true), name)
        self.assertIn("the data have none", output)

    def test_exact_data_without_errors(self):
        """At the training's own momenta the network's answer of exact data has the error of its test part and no more:
        what its
        features leave out of C is no noise. Noise of 1e-5, far below what a plot shows, makes it larger and is told."""
        def errors(*arguments):
            code, output, messages = self.infer(*arguments)
            self.assertEqual((code, messages), (0, []))
            self.check_truth(output, 4)
            told = float(output.split("an error of about ")[1].split()[0])
            with h5py.File(self.folder / "out" / "i.h5") as file, h5py.File(self.folder / "out" / "m.h5") as model:
                return told, file["parameters/network_error"][:] / model["targets/test_rmse"][:]
        told, exact = errors()
        self.assertLess(told, 1e-7)
        self.assertLess(max(exact), 1.05)
        seed = 5
        print("seed", seed)
        noise = random.Random(seed)
        self.data([(k, c + noise.gauss(0, 1e-5)) for k, c in self.exact()])
        told, noisy = errors("--set", "data.table=data.csv")
        self.assertLess(abs(told - 1e-5), 0.4e-5)  # 60 C: four times 10 %
        self.assertGreater(max(noisy), 1.2)

    def test_models_that_do_not_know_what_they_leave_out(self):
        """Those of earlier versions. Data with errors need it not."""
        with h5py.File(self.folder / "out" / "m.h5", "r+") as file:
            del file["features/dropped"], file.attrs["content_sha256"]
        code, _, messages = self.infer()
        self.assertEqual((code, len(messages)), (2, 1))
        self.assertIn("out/m.h5: does not say what its features leave out", messages[0])
        self.assertFalse((self.folder / "out" / "i.h5").exists())
        self.data([(k, c, 0.02) for k, c in self.exact()], "k_star_MeV,C,stat_err")
        code, output, messages = self.infer("--set", "data.table=data.csv")
        self.assertEqual((code, messages), (0, []))
        self.check_truth(output, 4)

    def test_noisy_data_with_errors_and_without(self):
        """2 % noise: answers within four of their errors, and chi2 about the number of bins."""
        seed = 12
        print("seed", seed)
        for seed in range(seed, seed + 2):
            noise = random.Random(seed)
            noisy = [(k, c + noise.gauss(0, 0.02 * c), 0.02 * c) for k, c in self.exact()]
            self.data([row[:2] for row in noisy])
            code, output, messages = self.infer("--set", "data.table=data.csv")
            self.assertEqual((code, messages), (0, []))
            self.check_truth(output, 4)
            self.data(noisy, "k_star_MeV,C,stat_err")
            code, output, messages = self.infer("--set", "data.table=data.csv")
            self.assertEqual((code, messages), (0, []))
            self.check_truth(output, 4)
            chi2 = [float(line.split("chi2 = ")[1].split()[0]) for line in output.splitlines() if "chi2 = " in line]
            self.assertEqual(len(chi2), 2)  # of the fit and of the network's answer
            self.assertLess(abs(chi2[0] - 57), 5 * math.sqrt(2 * 57))
            with h5py.File(self.folder / "out" / "i.h5") as file:
                self.assertAlmostEqual(file.attrs["chi2"], chi2[0], delta=1e-3)
                self.assertAlmostEqual(file.attrs["network_chi2"], chi2[1], delta=1e-3)
                self.assertEqual(file.attrs["degrees_of_freedom"], 57)
                fitted, data, error = (file[f"correlation/{name}"][:] for name in ("inferred", "data", "error"))
                self.assertAlmostEqual((((fitted - data) / error) ** 2).sum(), chi2[0], delta=1e-3)

    def test_data_unlike_the_training_are_refused_unless_accepted(self):
        outside = lambda key, value: ["--set", f"potential.{key}={value}", "--set", "output.table=out/s.csv"]
        for arguments, error in ((outside("strengths_MeV", "[-80]"), 0), (outside("strengths_MeV", "[100]"), 0.002),
                                 (["--set", "source.r0_fm=4"], 0.002)):
            self.assertEqual(run("solve", "solve.yaml", *arguments, cwd=self.folder)[0], 0)
            exact = self.exact()
            if error:
                self.data([(k, c, error) for k, c in exact], "k_star_MeV,C,stat_err")
            else:
                self.data(exact)
            code, output, messages = self.infer("--set", "data.table=data.csv")
            self.assertEqual((code, len(messages)), (2, 1), (arguments, output))
            self.assertIn("data.unlike_training: accept", messages[0])
            self.assertFalse((self.folder / "out" / "i.h5").exists())
            code, output, messages = self.infer("--set", "data.table=data.csv", "--set", "data.unlike_training=accept")
            self.assertEqual((code, messages), (0, []))
            self.assertIn("warning: ", output)
            (self.folder / "out" / "i.h5").unlink()

    def test_momenta_beyond_the_training_are_named(self):
        self.data([(10.0 * i, 1.0, 0.1) for i in range(1, 40)], "k_star_MeV,C,stat_err")
        code, _, messages = self.infer("--set", "data.table=data.csv")
        self.assertEqual((code, len(messages)), (2, 1))
        self.assertIn("data.csv:31: k* = 300", messages[0])

    def test_an_answer_of_the_network_is_called_so(self):
        """Two bins tell little: the fit cannot be made, and the network extrapolates."""
        self.data([(10, 2, 0.02), (110, 1.7, 0.02)], "k_star_MeV,C,stat_err")
        code, _, messages = self.infer("--set", "data.table=data.csv")
        self.assertEqual((code, len(messages)), (2, 1))
        self.assertIn("the network's answer", messages[0])

    def test_models_of_a_design(self):
        draw = random.Random(1).uniform
        self.write("design.csv", "depth_MeV,radius_fm,r0_fm\n" + "".join(
            f"{draw(10, 30)},{draw(1.2, 1.8)},{draw(1, 2)}\n" for _ in range(2000)))
        self.write("gen.yaml", PAIR + MOMENTUM + """potential: {form: square_well}
source: {form: gaussian}
dataset: {file: out/g.h5, parameters_from: design.csv}
""")
        self.write("train.yaml", TRAIN.replace("2400", "1600").replace("epochs: 40", "epochs: 20"))
        self.write("solve.yaml", PAIR + MOMENTUM + """potential: {form: square_well, depth_MeV: 20, radius_fm: 1.5}
source: {form: gaussian, r0_fm: 1.3}
output: {table: out/s.csv}
""")
        for command, config in (("generate", "gen.yaml"), ("train", "train.yaml"), ("solve", "solve.yaml")):
            code, _, messages = run(command, config, cwd=self.folder)
            self.assertEqual(code, 0, messages)
        truth = {"depth_MeV": 20, "radius_fm": 1.5, "r0_fm": 1.3}
        code, output, messages = self.infer("--set", f"truth={{depth_MeV: 20, radius_fm: 1.5, r0_fm: 1.3}}")
        self.assertEqual((code, messages), (0, []))
        self.check_truth(output, 4, truth)

    def test_measured_protons(self):
        """p-p at 13 TeV: `infer` finds the minimum of chi2 that `fit` finds, with its errors, and says chi2."""
        shared = os.environ.get("HADRONFORCE_SHARED_DATA", "")
        data = pathlib.Path(shared) / "measured" / "pp_13TeV_MB_Ck_reweighted.csv"
        if not shared or not data.exists():
            self.skipTest("no measured data")
        waves = "".join(
            f"  - {{weight: {weight}, symmetry: {symmetry}, waves: [{{l: {l}, preset: argonne_v18_pp_{wave}}}]}}\n"
            for weight, symmetry, l, wave in (
                ("0.25", "even", 0, "1s0"), ("0.083333333333", "odd", 1, "3p0"), ("0.25", "odd", 1, "3p1"),
                ("0.416666666667", "odd", 1, "3p2")))
        physics = ("pair: {name: p-p, mass1_MeV: 938.27208816, mass2_MeV: 938.27208816, charge_product: 1}\n"
                   f"channels:\n{waves}contributions: {{other: {{lambda: 0.1}}}}\n")
        self.write("gen.yaml", physics
                   + "source: {form: gaussian, r0_fm: {uniform: [0.7, 1.8]}}\nlambda: {uniform: [0.3, 1.2]}\n"
                   "normalisation: {uniform: [0.8, 1.2]}\nmomentum: {k_min_MeV: 4, k_max_MeV: 300, points: 74, "
                   "placement: bin_averages}\n"
                   "dataset: {file: out/g.h5, samples: 1200}\n")
        self.write("fit.yaml", f"data: {{file: {data}, k_min_MeV: 4, k_max_MeV: 300}}\n" + physics +
                   "source: {form: gaussian, r0_fm: {start: 1.2, min: 0.7, max: 1.8}}\nlambda: {start: 0.7, min: 0.3, "
                   "max: 1.2}\n"
                   "normalisation: {start: 1, min: 0.8, max: 1.2}\nfit: {profile: false}\noutput: {table: "
                   "out/fit.csv}\n")
        self.write("train.yaml", TRAIN.replace("2400", "900").replace("300", "200"))
        self.write("infer.yaml",
                   f"model: {{file: out/m.h5}}\ndata: {{table: {data}, k_min_MeV: 4, k_max_MeV: 300}}\noutput: "
                   f"{{file: out/i.h5}}\n")
        for command in ("generate gen.yaml", "train train.yaml", "fit fit.yaml", "infer infer.yaml"):
            code, output, messages = run(*command.split(), ranks=1, cwd=self.folder)
            self.assertEqual(code, 0, messages)
            if command.startswith("fit"):
                fitted = {line.split(" = ")[0]: line.split(" = ")[1].split(" +- ") for line in output.splitlines()
                          if " +- " in line}
                chi2 = float(output.split("chi2/ndf = ")[1].split("/")[0])
        rows = table(output)
        for name, path in (("r0_fm", "source.r0_fm"), ("lambda", "lambda"), ("normalisation", "normalisation")):
            value, error = map(float, fitted[path])
            self.assertLess(abs(rows[name][1] - value), 0.05 * error, name)
            self.assertLess(abs(rows[name][2] / error - 1), 0.1, name)
            self.assertLess(abs(rows[name][3] - value), 4 * rows[name][4], name)
        self.assertLess(abs(float(output.split("chi2 = ")[1].split()[0]) - chi2), 0.02)


if __name__ == "__main__":
    main()
