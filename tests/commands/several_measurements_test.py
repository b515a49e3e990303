"""Datasets of several measurements of one interaction, and what is learnt and inferred from all of them."""

import h5py
import numpy as np

from program import InFolder, main
from program import run as program_run

try:
    import torch
except ImportError:  # the module that Python reads is not tested without it
    torch = None

GENERATE = """pair: {name: x, mass1_MeV: 938.27208816, mass2_MeV: 1672.45}
potential: {form: sum_of_gaussians, strengths_MeV: [{uniform: [-60, -20]}], ranges_fm: [{uniform: [0.9, 1.3]}]}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 20}
measurements:
  small: {source: {form: gaussian, r0_fm: {log_uniform: [1, 2]}}, lambda: 0.8}
  phases: {quantity: delta_rad, momentum: {k_min_MeV: 10, k_max_MeV: 200, points: 7}}
  large: {source: {form: gaussian, r0_fm: {uniform: [2, 4]}}, momentum: {k_min_MeV: 5, k_max_MeV: 150, points: 12}}
dataset: {file: out/g.h5, samples: 700, seed: 7}
"""
TRAIN = """dataset: {file: out/g.h5, training_samples: 500, validation_samples: 100}
network: {widths: [24, 24], precision: float64}
training: {batch_size: 77, epochs: 2, seed: 4}
output: {model: out/m.h5, learning_curve: out/lc.csv}
"""
INFER = """model: {file: out/m.h5}
measurements: {large: {data: {file: large.csv}}, phases: {data: {file: phases.csv}}, small: {data: {file: small.csv}}}
output: {file: out/i.h5}
"""
SET, CONVOLUTIONAL = "network.form=set", "network.form=convolutional"
NAMES = ["small", "phases", "large"]
PARTS = [slice(0, 20), slice(20, 27), slice(27, 39)]
ERRORS = "errors={size: {log_uniform: [1e-3, 1e-2]}, normalisation: 0.01}"


class SeveralMeasurements(InFolder):
    def setUp(self):
        super().setUp()
        self.write("gen.yaml", GENERATE)
        self.write("train.yaml", TRAIN)
        self.write("infer.yaml", INFER)
        self.run_program("generate", "gen.yaml")

    def run_program(self, command, config, *settings, ranks=1, expected=0):
        arguments = [part for setting in settings for part in ("--set", setting)]
        code, output, messages = program_run(command, config, *arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual(code, expected, (settings, output, messages))
        return output if expected == 0 else messages

    def dataset(self, name="correlation"):
        with h5py.File(self.folder / "out" / "g.h5") as file:
            return file[name][:]

    def write_data(self, row, error, seed=None):
        k, c = self.dataset("k_star_MeV"), self.dataset()[row]
        noise = np.zeros(c.size) if seed is None else np.random.default_rng(seed).standard_normal(c.size)
        for name, part in zip(NAMES, PARTS):
            lines = [f"{a!r},{b + error * n!r}" + (f",{error!r}" if error else "")
                     for a, b, n in zip(k[part].tolist(), c[part].tolist(), noise[part].tolist())]
            self.write(f"{name}.csv", "k_star_MeV,C" + (",err" if error else "") + "\n" + "\n".join(lines) + "\n")

    # Each part is what `solve` says of that measurement alone, and phase shifts are those of the pair.
    def test_parts_are_those_of_solve(self):
        with h5py.File(self.folder / "out" / "g.h5") as file:
            attributes = file["k_star_MeV"].attrs
            self.assertEqual(list(attributes["measurements"]), NAMES)
            self.assertEqual(list(attributes["sizes"]), [20, 7, 12])
            self.assertEqual(list(attributes["curves"]), ["", "delta_rad", ""])
            names = list(file["parameters"].attrs["names"])
            self.assertEqual(names[2:], ["measurements.small.source.r0_fm", "measurements.large.source.r0_fm"])
        for row in (3, 600):
            strength, reach, small, large = self.dataset("parameters")[row].tolist()
            for part, radius, points, k_max, more in ((PARTS[0], small, 20, 300, "lambda: 0.8\n"),
                                                      (PARTS[2], large, 12, 150, "")):
                self.write("solve.yaml", "pair: {name: x, mass1_MeV: 938.27208816, mass2_MeV: 1672.45}\n"
                           f"potential: {{form: sum_of_gaussians, strengths_MeV: [{strength}], ranges_fm: [{reach}]}}\n"
                           f"source: {{form: gaussian, r0_fm: {radius}}}\n{more}"
                           f"momentum: {{k_min_MeV: 5, k_max_MeV: {k_max}, points: {points}}}\n"
                           "solver: {tolerance: 1e-9}\noutput: {file: out/s.h5}\n")
                self.run_program("solve", "solve.yaml")
                with h5py.File(self.folder / "out" / "s.h5") as file:
                    solved = file["measured" if more else "correlation"][:]
                np.testing.assert_allclose(self.dataset()[row, part], solved, atol=3e-6)
            self.run_program("solve", "solve.yaml", "momentum={k_min_MeV: 10, k_max_MeV: 200, points: 7}")
            with h5py.File(self.folder / "out" / "s.h5") as file:
                apart = (self.dataset()[row, PARTS[1]] - file["delta_rad"][:]) / np.pi
            np.testing.assert_allclose(apart, np.round(apart), atol=1e-5)

    def test_no_result_depends_on_ranks(self):
        one = self.dataset()
        for ranks in (2, 3):
            (self.folder / "out" / "g.h5").unlink()
            self.run_program("generate", "gen.yaml", ranks=ranks)
            np.testing.assert_array_equal(self.dataset(), one)
        for settings in ([], [ERRORS], [ERRORS, SET], [CONVOLUTIONAL],
                         ["dataset.training_from=solve", ERRORS], ["dataset.training_from=stream"]):
            losses = []
            for ranks in (1, 3):
                self.run_program("train", "train.yaml", *settings, ranks=ranks)
                curve = np.genfromtxt(self.folder / "out" / "lc.csv", delimiter=",", names=True)
                losses.append(curve["validation_loss"])
            np.testing.assert_allclose(losses[1], losses[0], rtol=1e-9, err_msg=str(settings))

    # The exported module, an implementation of its own of all that lies before the network, says what `predict` says.
    def test_predict_and_torchscript(self):
        if torch is None:
            self.skipTest("no PyTorch in Python")
        # Noise of 1e-9 is none to components as large as these, and errors of that size are the training's.
        errors = "errors={size: {log_uniform: [1e-9, 1e-2]}, normalisation: 0.01}"
        for settings in ([], ["features.input=correlation"], [errors], [errors, "features.input=correlation"],
                         [errors, SET], [CONVOLUTIONAL]):
            self.run_program("train", "train.yaml", *settings, "output.script=out/m.pt",
                             "features.smallest_variance=1.0e-4")
            takes_errors = errors in settings
            self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/g.h5, samples: 50}\n"
                       + ("errors: {size: 1.0e-9}\n" if takes_errors else "") + "output: {file: out/p.h5}\n")
            self.run_program("predict", "predict.yaml", ranks=2)
            with h5py.File(self.folder / "out" / "p.h5") as file:
                expected = file["test/prediction"][:]
            k, c = self.dataset("k_star_MeV"), self.dataset()[:50]
            error = 1e-9 * c if takes_errors else 0 * c
            error[:, PARTS[1]] = 1e-9 if takes_errors else 0
            model = torch.jit.load(str(self.folder / "out" / "m.pt"))
            if SET in settings or CONVOLUTIONAL in settings:
                arguments = [array for part in PARTS for array in (k[part], c[:, part], error[:, part])]
            else:
                arguments = [c, error] if takes_errors else [c]
            found = model(*[torch.from_numpy(array.copy()) for array in arguments]).numpy()
            np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8, err_msg=str(settings))

    # Exact fits of all measurements together: exact data lead back to the truth, noisy ones to within errors that are
    # smaller than those of one measurement alone.
    def test_infer(self):
        self.run_program("train", "train.yaml", "training.epochs=60", "dataset.training_from=solve",
                         "dataset.training_samples=4000")
        truth = self.dataset("parameters")[666]
        self.write_data(666, 0.0)
        for ranks in (1, 2):
            self.run_program("infer", "infer.yaml", ranks=ranks)
            with h5py.File(self.folder / "out" / "i.h5") as file:
                np.testing.assert_allclose(file["parameters/inferred"][:], truth, rtol=2e-3)
                np.testing.assert_allclose(file["correlation/inferred"][:], file["correlation/data"][:], atol=1e-5)
                self.assertEqual(list(file["k_star_MeV"].attrs["measurements"]), NAMES)
                self.assertEqual(file["k_star_MeV"].shape, (39,))
        squares = []
        for seed in range(6):
            self.write_data(600 + seed, 0.01, seed)
            self.run_program("infer", "infer.yaml")
            with h5py.File(self.folder / "out" / "i.h5") as file:
                pulls = (file["parameters/inferred"][:] - self.dataset("parameters")[600 + seed]) \
                    / file["parameters/error"][:]
            squares += (pulls ** 2).tolist()
        self.assertLess(abs(np.sum(squares) - 24), 5 * np.sqrt(2 * 24))  # chi^2 of 24 independent numbers

    def test_wrong_input(self):
        self.run_program("train", "train.yaml")
        self.write_data(666, 0.01)
        data = "{data: {file: small.csv}}"
        cases = [
            ("infer", "infer.yaml", f"measurements={{small: {data}}}", "must give data of small, phases, large"),
            ("infer", "infer.yaml", f"measurements.other={data}", "other is none of small, phases, large"),
            ("generate", "gen.yaml", "measurements.small.potential={form: square_well, depth_MeV: 3, radius_fm: 1}",
             "is that of all measurements"),
            ("generate", "gen.yaml", "measurements.phases.quantity=eta", "names eta, which there is not; there are"),
            ("generate", "gen.yaml", "measurements={}", "is empty"),
            ("generate", "gen.yaml", "measurements.phases.momentum.placement=bin_averages", "cannot be bin_averages"),
            ("generate", "gen.yaml", "measurements={phases: {quantity: delta_rad}}",
             "must have a correlation function"),
            ("generate", "gen.yaml", "measurements.phases.source={form: gaussian, r0_fm: 1}", "source"),
        ]
        for command, config, setting, expected in cases:
            for ranks in (1, 3):
                messages = self.run_program(command, config, setting, "dataset.file=out/new.h5"
                                            if command == "generate" else "output.file=out/i.h5",
                                            ranks=ranks, expected=2)
                self.assertEqual(len(messages), 1, messages)
                self.assertIn(expected, messages[0])
        # A model of a single C, and data with errors beside data without.
        self.write("small.csv", "k_star_MeV,C\n10,1.2\n100,1.1\n200,1.0\n")
        self.assertIn("errors", self.run_program("infer", "infer.yaml", expected=2)[0])
        self.write("pca.yaml", "dataset: {file: out/g.h5}\noutput: {file: out/pca.h5}\n")
        self.run_program("pca", "pca.yaml")
        self.assertIn("those of one C", self.run_program("pca", "pca.yaml", "directions={}", expected=2)[0])


if __name__ == "__main__":
    main()
