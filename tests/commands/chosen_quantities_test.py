"""`dataset.quantities`: V at radii and curves at momenta beside C, as targets of `train`."""

import h5py
import numpy as np

from program import InFolder, main
from program import run as program_run

GENERATE = """pair: {name: x, mass1_MeV: 938.27208816, mass2_MeV: 1672.45}
potential: {form: sum_of_gaussians, strengths_MeV: [{uniform: [-60, -20]}], ranges_fm: [1.1]}
source: {form: gaussian, r0_fm: {uniform: [1, 2]}}
momentum: {k_min_MeV: 0, k_max_MeV: 200, points: 20}
dataset: {file: out/g.h5, samples: 700, seed: 7, curves: [delta_rad],
          quantities: [V(0.5), delta_rad(55), delta_rad(61.5), delta_rad(300.5)]}
"""
TRAIN = """dataset: {file: out/g.h5, training_samples: 500, validation_samples: 100,
          targets: [V(0.5), delta_rad(55), 1/a0_fm]}
network: {widths: [16, 16], precision: float64}
training: {batch_size: 50, epochs: 30}
output: {model: out/m.h5, learning_curve: out/lc.csv}
"""
CHANNELS = """pair: {name: x, mass1_MeV: 938.27208816, mass2_MeV: 1672.45}
channels:
  - {weight: 0.25, name: singlet, waves: [{l: 0, form: square_well, depth_MeV: {uniform: [10, 20]}, radius_fm: 1.5}]}
  - {weight: 0.75, name: triplet, waves: [{l: 0, form: square_well, depth_MeV: 5, radius_fm: 2}]}
source: {form: gaussian, r0_fm: 1.2}
momentum: {k_min_MeV: 5, k_max_MeV: 195, points: 5}
dataset: {file: out/c.h5, samples: 20, seed: 7, quantities: [singlet.V(1), singlet.delta_rad(40)]}
"""


class ChosenQuantities(InFolder):
    def run_program(self, command, config, *settings, ranks=1, expected=0):
        arguments = [part for setting in settings for part in ("--set", setting)]
        code, output, messages = program_run(command, config, *arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual(code, expected, (settings, output, messages))
        return output if expected == 0 else messages

    # V by its formula; phase shifts those of the curve at its momenta, of `solve` elsewhere.
    def test_are_what_they_say(self):
        self.write("gen.yaml", GENERATE)
        read = []
        for ranks in (1, 3):
            self.run_program("generate", "gen.yaml", ranks=ranks)
            with h5py.File(self.folder / "out" / "g.h5") as file:
                names = [str(name) for name in file["observables"].attrs["names"]]
                read.append((names, file["observables"][:], file["parameters"][:], file["curves/delta_rad"][:],
                             file["k_star_MeV"][:]))
            (self.folder / "out" / "g.h5").unlink()
        names, values, parameters, curve, k = read[0]
        np.testing.assert_array_equal(values, read[1][1])
        self.assertEqual(names[-4:], ["V(0.5)", "delta_rad(55)", "delta_rad(61.5)", "delta_rad(300.5)"])
        np.testing.assert_allclose(values[:, -4], parameters[:, 0] * np.exp(-(0.5 / 1.1)**2), rtol=1e-12)
        np.testing.assert_allclose(values[:, -3], curve[:, np.argmin(abs(k - 55))], atol=1e-6)
        strength, r0 = parameters[3]
        self.write("solve.yaml", f"""pair: {{name: x, mass1_MeV: 938.27208816, mass2_MeV: 1672.45}}
potential: {{form: sum_of_gaussians, strengths_MeV: [{strength}], ranges_fm: [1.1]}}
source: {{form: gaussian, r0_fm: {r0}}}
momentum: {{k_min_MeV: 0, k_max_MeV: 302, points: 302}}
output: {{table: out/s.csv}}
""")
        self.run_program("solve", "solve.yaml")
        table = np.genfromtxt(self.folder / "out" / "s.csv", delimiter=",", names=True)
        for column, momentum in ((-2, 61.5), (-1, 300.5)):
            row = np.argmin(abs(table["k_star_MeV"] - momentum))
            self.assertAlmostEqual(table["k_star_MeV"][row], momentum, places=6)
            self.assertLess(abs(np.sin(table["delta_rad"][row] - values[3, column])), 1e-5)

    def test_are_learnt_from_files_and_solved(self):
        self.write("gen.yaml", GENERATE)
        self.write("train.yaml", TRAIN)
        self.run_program("generate", "gen.yaml")
        for source in ("memory", "solve"):
            output = self.run_program("train", "train.yaml", f"dataset.training_from={source}", ranks=2)
            self.assertIn("V(0.5)", output)
            self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/g.h5, first_sample: 600}\n"
                                       "output: {file: out/p.h5}\n")
            self.run_program("predict", "predict.yaml")
            with h5py.File(self.folder / "out" / "p.h5") as file, h5py.File(self.folder / "out" / "g.h5") as data:
                truth, answer = file["test/truth"][:], file["test/prediction"][:]
                # What is learnt along quantiles comes back along them, between 257 of them.
                np.testing.assert_allclose(truth[:, 1], data["observables"][600:, -3], atol=3e-3)
            self.assertGreater(np.corrcoef(truth[:, 1], answer[:, 1])[0, 1], 0.99)
        # Of measured data the network answers alone, as it answers the dataset's sample.
        with h5py.File(self.folder / "out" / "g.h5") as data:
            k, c = data["k_star_MeV"][:], data["correlation"][605]
        self.write("data.csv", "k_star_MeV,C\n" + "".join(f"{a},{b}\n" for a, b in zip(k, c)))
        self.write("infer.yaml", "model: {file: out/m.h5}\ndata: {file: data.csv}\noutput: {file: out/i.h5}\n"
                                 f"truth: {{'V(0.5)': -20, 'delta_rad(55)': {truth[5, 1]}, '1/a0_fm': 0.1}}\n")
        for ranks in (1, 3):
            code, output, messages = program_run("infer", "infer.yaml", ranks=ranks, cwd=self.folder)
            self.assertEqual((code, messages), (0, []), output)
            self.assertIn("no exact fit", output)
            self.assertIn("delta_rad(55)", output)
        with h5py.File(self.folder / "out" / "i.h5") as file:
            np.testing.assert_allclose(file["targets/network"][:], answer[5], rtol=1e-3, atol=1e-3)
            self.assertTrue(np.all(file["targets/network_error"][:] > 0))

    def test_of_channels_by_their_names(self):
        self.write("c.yaml", CHANNELS)
        self.run_program("generate", "c.yaml")
        with h5py.File(self.folder / "out" / "c.h5") as file:
            np.testing.assert_allclose(file["observables"][:, -2], -file["parameters"][:, 0], rtol=1e-12)

    def test_wrong_ones_are_refused(self):
        self.write("gen.yaml", GENERATE)
        self.write("c.yaml", CHANNELS)
        for config, wrong, word in (("gen", "W(0.5)", "delta_rad"), ("gen", "V", "NAME(NUMBER)"),
                                    ("gen", "V(-1)", "radii"), ("gen", "delta_rad(0)", "momenta"),
                                    ("gen", "V(0.5", "NAME(NUMBER)"), ("gen", "V(nan)", "radii"),
                                    ("c", "V(1)", "singlet.V"), ("c", "delta_rad(40)", "several")):
            for ranks in (1, 3):
                message = self.run_program("generate", f"{config}.yaml", f"dataset.quantities=['{wrong}']",
                                           ranks=ranks, expected=2)
                self.assertEqual(len(message), 1, message)
                self.assertIn("quantities", message[0])
                self.assertIn(word, message[0])
        self.assertIn("twice", self.run_program("generate", "gen.yaml", "dataset.quantities=[V(1), V(1)]",
                                                expected=2)[0])


if __name__ == "__main__":
    main()
