"""`train` from memory, streams of files and samples that are solved on the way; with errors; of quantities."""

import math
import re
import signal
import subprocess
import time

import h5py
import numpy as np

from program import PROGRAM, InFolder, main
from program import run as program_run
from wells import GENERATE

TRAIN = """dataset: {file: out/g.h5, training_samples: 1000, validation_samples: 100}
network: {widths: [16, 16], precision: float64}
training: {batch_size: 77, epochs: 3}
output: {model: out/m.h5, learning_curve: out/lc.csv}
"""
STREAM = ["dataset.training_from=stream", "dataset.window_samples=300", "dataset.block_samples=13"]


class TrainSources(InFolder):
    def setUp(self):
        super().setUp()
        self.write("gen.yaml", GENERATE)
        self.write("train.yaml", TRAIN)
        self.generate()

    def generate(self, *settings):
        code, output, messages = program_run("generate", "gen.yaml", *self.arguments(settings), cwd=self.folder)
        self.assertEqual(code, 0, (output, messages))

    @staticmethod
    def arguments(settings):
        return [part for setting in settings for part in ("--set", setting)]

    def train(self, *settings, ranks=1, expected=0, more=()):
        code, output, messages = program_run("train", "train.yaml", *self.arguments(settings), *more, ranks=ranks,
                                             cwd=self.folder)
        self.assertEqual(code, expected, (settings, output, messages))
        return output if expected == 0 else messages

    def losses(self):
        return np.genfromtxt(self.folder / "out" / "lc.csv", delimiter=",", names=True)["validation_loss"]

    def weights(self):
        with h5py.File(self.folder / "out" / "m.h5") as file:
            return {name: file[name][:] for name in
                    ("network/layer_0/weight", "network/layer_2/weight", "network/layer_2/bias")}

    def test_losses_do_not_depend_on_ranks(self):
        for settings in ([], STREAM, ["dataset.training_from=solve"],
                         ["dataset.training_from=solve", "dataset.solver_threads=1"],
                         ["errors.size={log_uniform: [1e-3, 1e-1]}", "network.estimator=gaussian"],
                         STREAM + ["errors.size=0.01", "network.form=residual"],
                         ["dataset.training_from=solve", "errors.size={log_uniform: [1e-3, 1e-1]}"],
                         ["network.form=set"], STREAM + ["network.form=convolutional", "errors.size=0.01"],
                         ["errors.size={log_uniform: [1e-3, 1e-1]}", "views.fewest_points=10"],
                         ["dataset.training_from=solve", "network.form=set"],
                         ["network.form=residual", "network.precision=float32"]):
            curves = []
            for ranks in (1, 2, 3):
                self.train(*settings, ranks=ranks)
                curves.append(self.losses())
            for curve in curves[1:]:
                rounding = 1e-4 if "network.precision=float32" in settings else 1e-10
                np.testing.assert_allclose(curve, curves[0], rtol=rounding, err_msg=str(settings))

    def test_threads_that_solve_change_nothing(self):
        self.train("dataset.training_from=solve")
        alone = self.weights()
        self.train("dataset.training_from=solve", "dataset.solver_threads=2")
        for name, values in self.weights().items():
            np.testing.assert_array_equal(values, alone[name])

    # What standardises is of samples from all over the file, so that a sorted one is learnt as any other.
    def test_sorted_files(self):
        self.generate("dataset.samples=70000", "dataset.file=out/many.h5", "momentum.points=10")
        means = []
        for is_sorted in (False, True):
            if is_sorted:
                with h5py.File(self.folder / "out" / "many.h5", "r+") as file:
                    order = np.append(np.argsort(file["parameters"][:69000, 0]), np.arange(69000, 70000))
                    for name in ("parameters", "correlation", "observables", "recomputed_waves", "failed"):
                        file[name][...] = file[name][:][order]
                    del file["checksums"]
            self.train(*STREAM, "dataset.file=out/many.h5", "dataset.training_samples=69000", "training.epochs=1",
                       "training.batch_size=5000")
            with h5py.File(self.folder / "out" / "m.h5") as file:
                means.append((file["features/mean"][:], file["targets/mean"][:], file["targets/scale"][:]))
        np.testing.assert_allclose(means[1][0], means[0][0], atol=0.01)
        np.testing.assert_allclose(means[1][1][0], means[0][1][0], atol=0.02 * means[0][2][0])
        np.testing.assert_allclose(means[1][2][0], means[0][2][0], rtol=0.02)

    def test_several_files_are_one(self):
        self.generate("dataset.file=out/a.h5", "dataset.samples=700")
        self.generate("dataset.file=out/b.h5", "dataset.samples=600", "dataset.seed=8")
        with h5py.File(self.folder / "out" / "a.h5") as a, h5py.File(self.folder / "out" / "b.h5") as b, \
                h5py.File(self.folder / "out" / "g.h5", "r+") as g:
            for name in ("parameters", "correlation", "observables"):
                g[name][:] = np.concatenate([a[name][:], b[name][:]])
            del g["checksums"]
        for settings in ([], STREAM):
            self.train(*settings)
            one = self.weights()
            self.train("dataset.file=[out/a.h5, out/b.h5]", *settings, ranks=2)
            for name, values in self.weights().items():
                np.testing.assert_allclose(values, one[name], rtol=1e-9, atol=1e-12)

    def test_what_does_not_belong_together_is_refused(self):
        self.generate("dataset.file=out/other.h5", "momentum.points=21")
        self.assertIn("other.h5", self.train("dataset.file=[out/g.h5, out/other.h5]", expected=2)[0])
        self.assertIn("other k*", self.train("dataset.file=[out/g.h5, out/other.h5]", expected=2)[0])
        self.generate("dataset.file=out/wider.h5", "potential.ranges_fm=[1.2]")
        self.assertIn("ranges_fm", self.train("dataset.file=[out/g.h5, out/wider.h5]", expected=2)[0])
        self.generate("dataset.file=out/finer.h5", "solver.tolerance=1.0e-7", "dataset.seed=9")
        self.train("dataset.file=[out/g.h5, out/finer.h5]")

    def test_damaged_rows_of_a_stream_end_all_ranks(self):
        with h5py.File(self.folder / "out" / "g.h5", "r+") as file:
            file["correlation"][777, 3] += 1e-3
        for ranks in (1, 3):
            messages = self.train(*STREAM, ranks=ranks, expected=2)
            self.assertEqual(len(messages), 1, messages)
            self.assertIn("row 777", messages[0])

    def test_chunked_files_cannot_be_streamed(self):
        with h5py.File(self.folder / "out" / "g.h5") as source:
            values = source["correlation"][:]
        with h5py.File(self.folder / "out" / "g.h5", "r+") as file:
            attributes = dict(file["correlation"].attrs)
            del file["correlation"]
            dataset = file.create_dataset("correlation", data=values, chunks=(10, 20))
            dataset.attrs.update(attributes)
        self.assertIn("h5repack", self.train(*STREAM, expected=2)[0])
        self.train()

    def test_design_points_cannot_be_solved_anew(self):
        self.write("design.csv", "r0_fm\n1.0\n1.2\n1.4\n1.6\n1.8\n")
        self.write("gen.yaml", GENERATE.replace("r0_fm: {log_uniform: [1, 2]}", "").replace(
            "samples: 1300, seed: 7", "parameters_from: design.csv").replace("{uniform: [-60, -20]}", "-40"))
        self.generate("dataset.file=out/d.h5")
        messages = self.train("dataset.file=out/d.h5", "dataset.training_from=solve", "dataset.validation_samples=2",
                              expected=2)
        self.assertIn("points from a file", messages[0])

    # Parameters with a log-uniform prior are learnt in the logarithm, quantities along their quantiles; all of them
    # within what they were in training.
    def test_quantities_are_learnt(self):
        output = self.train("dataset.targets=[r0_fm, 1/a0_fm, r_eff_fm, 'strengths_MeV[0]']", "training.epochs=60",
                            "training.batch_size=64")
        found = dict(re.findall(r"^test\s+(\S+)\s+R\^2 ([-\d.]+)", output, re.MULTILINE))
        self.assertEqual(list(found), ["source.r0_fm", "1/a0_fm", "r_eff_fm", "potential.strengths_MeV[0]"])
        for name in ("source.r0_fm", "1/a0_fm", "r_eff_fm"):
            self.assertGreater(float(found[name]), 0.99, output)
        with h5py.File(self.folder / "out" / "m.h5") as file:
            self.assertEqual(list(file["targets"].attrs["scales"]),
                             ["logarithm", "quantiles", "quantiles", "linear"])
            self.assertEqual(list(file["targets"].attrs["units"]), ["fm", "1/fm", "fm", "MeV"])
        self.assertIn("r_eff_fm", self.train("dataset.targets=[no_such]", expected=2)[0])

    # Killed at any time and resumed, from any source: the same weights to the bit.
    def test_kills_and_resumes(self):
        for settings in (STREAM, ["dataset.training_from=solve"], ["errors.size=0.01"]):
            settings = [*settings, "training.epochs=40", "training.average_decay=0.9"]
            self.train(*settings)
            undisturbed = self.weights()
            settings.append("training.checkpoint_every_s=0.02")
            kills = 0
            (self.folder / "out" / "m.h5").unlink()
            for attempt in range(60):
                process = subprocess.Popen([str(PROGRAM), "train", "train.yaml", "--resume",
                                            *self.arguments(settings)], cwd=self.folder, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
                time.sleep(0.8 + 0.05 * attempt)
                if process.poll() is not None:
                    break
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
            self.assertEqual(process.wait(), 0)
            print(settings[0], "kills", kills)
            for name, values in self.weights().items():
                np.testing.assert_array_equal(values, undisturbed[name])

    # Networks of points answer data at any momenta, and predict samples of a dataset at other momenta.
    def test_points(self):
        self.generate("dataset.file=out/other.h5", "momentum={k_min_MeV: 20, k_max_MeV: 250, points: 31}",
                      "dataset.seed=9", "dataset.samples=300")
        for form in ("set", "convolutional"):
            self.train(f"network.form={form}", "network.precision=float32", "network.widths=[16, 16]",
                       "training.epochs=10", "views={fewest_points: 10, most_points: 40}")
            self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/other.h5}\n"
                                       "output: {file: out/p.h5}\n")
            outputs = []
            for ranks in (1, 3):
                code, output, messages = program_run("predict", "predict.yaml", ranks=ranks, cwd=self.folder)
                self.assertEqual((code, messages), (0, []), output)
                outputs.append(output)
                with h5py.File(self.folder / "out" / "p.h5") as file:
                    truth, answer = file["test/truth"][:], file["test/prediction"][:]
            self.assertEqual(outputs[0], outputs[1])
            self.assertGreater(np.corrcoef(np.log(truth[:, 1]), np.log(answer[:, 1]))[0, 1], 0.9)
            with h5py.File(self.folder / "out" / "other.h5") as file:
                k, c = file["k_star_MeV"][:], file["correlation"][5]
            self.write("data.csv", "k_star_MeV,C\n" + "".join(f"{a},{b}\n" for a, b in zip(k, c)))
            self.write("infer.yaml", "model: {file: out/m.h5}\ndata: {file: data.csv}\noutput: {file: out/i.h5}\n")
            code, output, messages = program_run("infer", "infer.yaml", cwd=self.folder)
            self.assertEqual((code, messages), (0, []), output)
            with h5py.File(self.folder / "out" / "i.h5") as file:
                np.testing.assert_allclose(file["parameters/network"][:], answer[5], rtol=1e-5)
                np.testing.assert_allclose(file["parameters/inferred"][:], truth[5], rtol=1e-3)

    # A network of components with views answers at any momenta, with errors that hold there.
    def test_components_at_any_momenta(self):
        self.generate("dataset.file=out/other.h5", "momentum={k_min_MeV: 20, k_max_MeV: 250, points: 31}",
                      "dataset.seed=9", "dataset.samples=600")
        views = ("errors.size={log_uniform: [1e-3, 1e-1]}", "views={fewest_points: 10, most_points: 40}")
        settings = ("network={form: residual, widths: [48, 48], estimator: gaussian}", "training.epochs=20",
                    "training.batch_size=128", "training.average_decay=0.99", "dataset.training_from=solve",
                    "dataset.training_samples=8000")
        self.train(*settings, *views)
        self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/other.h5}\n"
                                   "errors: {size: 1.0e-2}\noutput: {file: out/p.h5}\n")
        outputs = []
        for ranks in (1, 3):
            code, output, messages = program_run("predict", "predict.yaml", ranks=ranks, cwd=self.folder)
            self.assertEqual((code, messages), (0, []), output)
            outputs.append(output)
        self.assertEqual(outputs[0], outputs[1])
        with h5py.File(self.folder / "out" / "p.h5") as file:
            truth, answer, error = (file["test/" + name][:] for name in ("truth", "prediction", "error"))
        for values in (truth, answer):
            values[:, 1] = np.log(values[:, 1])  # as r0 is learnt
        pulls = (answer - truth) / error
        self.assertTrue((np.abs(pulls.mean(axis=0)) < 0.3).all(), pulls.mean(axis=0))
        # So short a training leaves errors larger than need be, and none that are too small.
        self.assertTrue((pulls.std(axis=0) < 1.15).all(), pulls.std(axis=0))
        self.assertTrue((pulls.std(axis=0) > 0.5).all(), pulls.std(axis=0))
        # A table of these momenta, noise-free: its answer is one of the same distribution.
        with h5py.File(self.folder / "out" / "other.h5") as file:
            k, c = file["k_star_MeV"][:], file["correlation"][5]
        self.write("data.csv", "k_star_MeV,C,err\n" + "".join(f"{a},{b},{0.01 * b}\n" for a, b in zip(k, c)))
        self.write("infer.yaml", "model: {file: out/m.h5}\ndata: {file: data.csv}\noutput: {file: out/i.h5}\n")
        code, output, messages = program_run("infer", "infer.yaml", cwd=self.folder)
        self.assertEqual((code, messages), (0, []), output)
        with h5py.File(self.folder / "out" / "i.h5") as file:
            found, of_network = file["parameters/network"][:], file["parameters/network_error"][:]
            found[1], of_network[1] = np.log(found[1]), of_network[1] / found[1]
            np.testing.assert_allclose(of_network / error[5], 1, atol=0.3)
            self.assertTrue((np.abs(found - truth[5]) < 2 * of_network).all(), (found, truth[5], of_network))
        # A rank without samples, of a network without errors.
        self.train("network.form=residual")
        self.write("one.yaml", "model: {file: out/m.h5}\ndataset: {file: out/g.h5, samples: 1}\n"
                               "output: {file: out/one.h5}\n")
        self.assertEqual(program_run("predict", "one.yaml", ranks=3, cwd=self.folder)[0], 0)
        self.assertIn("needs `errors`", self.train("network.form=residual", views[1], expected=2)[0])
        self.assertIn("training's own momenta alone",
                      self.train(*settings, *views, "output.script=out/m.pt", expected=2)[0])

    # The exported module says what `predict` says, for all kinds of inputs, targets and any number of samples.
    def test_torchscript(self):
        try:
            import torch
        except ImportError:
            self.skipTest("python3-torch is not installed")
        # Noise of 1e-9 is none to components as large as these, and errors of that size are the training's.
        errors = "errors.size={log_uniform: [1e-9, 1e-1]}"
        for settings in (["dataset.targets=[r0_fm, 1/a0_fm, 'strengths_MeV[0]']"],
                         ["features.contrast=0.01", "network.form=residual"],
                         [errors, "errors.normalisation=0.01", "network.form=residual", "features.input=correlation",
                          "features.contrast=0.02"],
                         ["network.form=set"], ["network.form=set", "features.contrast=0.02"],
                         ["network.form=convolutional", errors, "network.estimator=gaussian"],
                         ["network.form=convolutional", errors, "features.contrast=0.02"]):
            self.train(*settings, "output.script=out/m.pt", "network.precision=float64",
                       "features.smallest_variance=1.0e-4")
            takes_errors = errors in settings
            self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/g.h5, samples: 50}\n"
                       + ("errors: {size: 1.0e-9}\n" if takes_errors else "") + "output: {file: out/p.h5}\n")
            code, output, messages = program_run("predict", "predict.yaml", cwd=self.folder)
            self.assertEqual((code, messages), (0, []), output)
            self.assertNotIn("training's", output)
            with h5py.File(self.folder / "out" / "g.h5") as file, h5py.File(self.folder / "out" / "p.h5") as answers:
                k, c = file["k_star_MeV"][:], file["correlation"][:50]
                expected = answers["test/prediction"][:]
            points = "network.form=set" in settings or "network.form=convolutional" in settings
            arguments = ([k] if points else []) + [c] + ([1e-9 * c] if takes_errors else [0 * c] if points else [])
            model = torch.jit.load(str(self.folder / "out" / "m.pt"))
            for count in (50, 3):
                some = [array if array.ndim == 1 else array[:count] for array in arguments]
                found = model(*[torch.from_numpy(array.copy()) for array in some]).numpy()
                np.testing.assert_allclose(found, expected[:count], rtol=1e-6, atol=1e-9, err_msg=str(settings))
            if points:
                some = [k[3:17]] + [array[:, 3:17] for array in arguments[1:]]
                self.assertEqual(model(*[torch.from_numpy(array.copy()) for array in some]).shape, expected.shape)
                # All samples have the same momenta.
                some = [np.tile(k, (50, 1))] + arguments[1:]
                self.assertRaises(RuntimeError, model, *[torch.from_numpy(array.copy()) for array in some])

    # A network that takes errors is asked with them, and says its own where it learnt them.
    def test_infer_with_errors(self):
        self.train("errors.size={log_uniform: [1e-3, 1e-1]}", "features.contrast=0.01", "network.estimator=gaussian",
                   "training.epochs=20",
                   "training.batch_size=128", "network.widths=[48, 48]", "training.average_decay=0.99",
                   "dataset.training_from=solve", "dataset.training_samples=8000", "network.precision=float32")
        with h5py.File(self.folder / "out" / "g.h5") as file:
            k, c = file["k_star_MeV"][:], file["correlation"][1200]
        draw = np.random.default_rng(3)
        errors = {}
        for size in (0.002, 0.05):
            noisy = c * (1 + size * draw.standard_normal(c.size))
            self.write("data.csv", "k_star_MeV,C,err\n" + "".join(f"{a},{b},{size * b}\n" for a, b in zip(k, noisy)))
            self.write("infer.yaml", "model: {file: out/m.h5}\ndata: {file: data.csv}\noutput: {file: out/i.h5}\n")
            code, output, messages = program_run("infer", "infer.yaml", cwd=self.folder)
            self.assertEqual((code, messages), (0, []), output)
            self.assertIn("what it learnt of data with such errors", output)
            with h5py.File(self.folder / "out" / "i.h5") as file:
                errors[size] = file["parameters/network_error"][:]
                pull = (file["parameters/network"][:] - file["parameters/inferred"][:]) / errors[size]
                self.assertLess(np.abs(pull).max(), 3.0)
        self.assertTrue((errors[0.05] > 4 * errors[0.002]).all(), errors)
        # Errors that training had not: of smaller ones the answers are as if they were its smallest, of larger ones
        # those of its own samples.
        for size, text in (("1.0e-6", "smaller than any of the training's: the network takes them for those"),
                           ("1.0", "larger than any of the training's: answered by the training's samples that meet")):
            self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/g.h5, samples: 1000}\n"
                       f"errors: {{size: {size}}}\noutput: {{file: out/p.h5}}\n")
            code, output, messages = program_run("predict", "predict.yaml", cwd=self.folder)
            self.assertEqual((code, messages), (0, []), output)
            self.assertIn("100 % of the samples have errors " + text, output)
            with h5py.File(self.folder / "out" / "p.h5") as file:
                truth, answer, error = (file["test/" + name][:] for name in ("truth", "prediction", "error"))
                for values in (truth, answer):
                    values[:, 1] = np.log(values[:, 1])  # as r0 is learnt
                pulls = (answer - truth) / error
                # The mean of a thousand draws of the prior is a tenth of a pull off; the network is a small one.
                self.assertLess(np.abs(pulls.mean(axis=0)).max(), 0.2 if size == "1.0" else 0.3, size)
                self.assertLess(np.sqrt((pulls ** 2).mean(axis=0)).max(), 1.15, size)
                if size == "1.0":
                    self.assertGreater(np.sqrt((pulls ** 2).mean(axis=0)).min(), 0.9)
        self.write("data.csv", "k_star_MeV,C,err\n" + "".join(f"{a},{b},{1e-5 * b}\n" for a, b in zip(k, c)))
        code, output, messages = program_run("infer", "infer.yaml", cwd=self.folder)
        self.assertEqual((code, messages), (0, []), output)
        self.assertIn("errors are smaller than any", output)
        with h5py.File(self.folder / "out" / "i.h5") as file:
            apart = file["parameters/network"][:] - file["parameters/inferred"][:]
            self.assertLess(np.abs(apart / file["parameters/network_error"][:]).max(), 3.0)
        self.write("data.csv", "k_star_MeV,C,err\n" + "".join(f"{a},{b},{0.5 * b}\n" for a, b in zip(k, c)))
        code, output, messages = program_run("infer", "infer.yaml", cwd=self.folder)
        self.assertEqual((code, messages), (0, []), output)
        self.assertIn("leave more open than any of the training's (larger errors", output)
        self.assertTrue(math.isfinite(errors[0.002].sum()))


if __name__ == "__main__":
    main()
