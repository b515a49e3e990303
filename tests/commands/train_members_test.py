"""`train`, `predict` and `infer` with several networks (network.members)."""

import signal
import subprocess
import time

import h5py
import numpy as np

from program import PROGRAM, InFolder, main
from program import run as program_run
from wells import GENERATE

TRAIN = """dataset: {file: out/g.h5, training_samples: 1000, validation_samples: 100}
network: {widths: [16, 16], precision: float64, members: 3}
training: {batch_size: 77, epochs: 6, seed: 4}
output: {model: out/m.h5, learning_curve: out/lc.csv}
"""


def seen_by_network(features, correlation):
    """As docs/model_format.md has it."""
    x = np.log(correlation) if features.attrs["input"] == "log_correlation" else correlation
    x = (x - features["mean"][:]) @ features["projection"][:]
    if "contrast" not in features.attrs:
        return x
    z = np.arcsinh((x - features["contrast_centre"][:]) / features["contrast_width"][:])
    z = (z - features["contrast_mean"][:]) / features["contrast_scale"][:]
    x = x @ (features["projection"][:] * features["variance"][:]).T + features["mean"][:]
    apart = np.expm1(x) if features.attrs["input"] == "log_correlation" else x - 1
    near = np.arcsinh(apart / features.attrs["contrast"]) - features["near_mean"][:]
    return np.hstack([z, near @ features["near_projection"][:]])


class TrainMembers(InFolder):
    def setUp(self):
        super().setUp()
        self.write("gen.yaml", GENERATE)
        self.write("train.yaml", TRAIN)
        self.run_program("generate", "gen.yaml")

    def run_program(self, command, config, *settings, ranks=1, expected=0, more=()):
        arguments = [part for setting in settings for part in ("--set", setting)]
        code, output, messages = program_run(command, config, *arguments, *more, ranks=ranks, cwd=self.folder)
        self.assertEqual(code, expected, (settings, output, messages))
        return output if expected == 0 else messages

    def weights(self, member=0, model="m.h5"):
        group = "network" if member == 0 else f"network_{member}"
        with h5py.File(self.folder / "out" / model) as file:
            return np.concatenate([file[f"{group}/layer_{i}/weight"][:].ravel() for i in range(3)])

    # Each member is the network that its seed alone trains, on any number of ranks, in groups or not; of all sources.
    def test_members_are_networks_of_their_seeds(self):
        for settings in ([], ["dataset.training_from=stream", "dataset.window_samples=300", "dataset.block_samples=13"],
                         ["dataset.training_from=solve", "errors.size=0.01"]):
            alone = []
            for seed in (4, 5, 6):
                self.run_program("train", "train.yaml", "network.members=1", f"training.seed={seed}", *settings)
                alone.append(self.weights())
            # What does not depend on the member, the features' statistics, is drawn with the first seed.
            same = range(3) if not settings or "stream" in settings[0] else range(1)
            curves = []
            for ranks in (1, 2, 3, 5) if not settings else (1, 3):
                output = self.run_program("train", "train.yaml", *settings, ranks=ranks)
                self.assertEqual(output.count("of the error apart"), 2)
                for member in same:
                    np.testing.assert_allclose(self.weights(member), alone[member], rtol=1e-7, atol=1e-9)
                curve = np.genfromtxt(self.folder / "out" / "lc.csv", delimiter=",", names=True)
                np.testing.assert_array_equal(curve["member"], np.repeat([1, 2, 3], 6))
                curves.append(curve["validation_loss"])
                np.testing.assert_allclose(curves[-1], curves[0], rtol=1e-10)
            self.assertEqual([path.name for path in (self.folder / "out").glob("*checkpoint*")], [])

    def test_answers_are_means_and_spreads_of_the_members(self):
        self.run_program("train", "train.yaml", "output.script=out/m.pt")
        self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/g.h5, samples: 40}\n"
                                   "output: {file: out/p.h5}\n")
        for ranks in (1, 3):
            self.run_program("predict", "predict.yaml", ranks=ranks)
        with h5py.File(self.folder / "out" / "p.h5") as file, h5py.File(self.folder / "out" / "m.h5") as model, \
                h5py.File(self.folder / "out" / "g.h5") as data:
            answer, spread = file["test/prediction"][:], file["test/spread"][:]
            features, targets = model["features"], model["targets"]
            c = data["correlation"][:40]
            outputs = []
            for group in ("network", "network_1", "network_2"):
                x = seen_by_network(features, c)
                for i in range(3):
                    x = x @ model[f"{group}/layer_{i}/weight"][:].T + model[f"{group}/layer_{i}/bias"][:]
                    if i < 2:
                        x = x / (1 + np.exp(-x))
                outputs.append(x)
            coordinates = targets["mean"][:] + targets["scale"][:] * np.mean(outputs, axis=0)
            self.assertEqual(list(targets.attrs["scales"]), [b"linear", b"logarithm"]
                             if isinstance(targets.attrs["scales"][0], bytes) else ["linear", "logarithm"])
            coordinates[:, 1] = np.exp(coordinates[:, 1])
            np.testing.assert_allclose(answer, coordinates, rtol=1e-10)
            np.testing.assert_allclose(spread, targets["scale"][:] * np.std(outputs, axis=0), rtol=1e-7)
        try:
            import torch
        except ImportError:
            return
        found = torch.jit.load(str(self.folder / "out" / "m.pt"))(torch.from_numpy(c)).numpy()
        np.testing.assert_allclose(found, answer, rtol=1e-9)

    def test_infer_asks_them_together(self):
        self.run_program("train", "train.yaml", "training.epochs=30", "network.estimator=gaussian")
        with h5py.File(self.folder / "out" / "g.h5") as file:
            k, c, truth = file["k_star_MeV"][:], file["correlation"][5], file["parameters"][5]
        self.write("data.csv", "k_star_MeV,C,error\n" + "".join(f"{a},{b},{0.01}\n" for a, b in zip(k, c)))
        self.write("infer.yaml", "model: {file: out/m.h5}\ndata: {file: data.csv}\noutput: {file: out/i.h5}\n")
        self.run_program("infer", "infer.yaml", ranks=2)
        with h5py.File(self.folder / "out" / "i.h5") as file:
            np.testing.assert_allclose(file["parameters/inferred"][:], truth, rtol=1e-3)
            self.assertTrue(np.all(np.abs(file["parameters/network"][:] / truth - 1) < 0.2))

    # Two parameters are determined by exact C: fits from the answers find them, however poor the network.
    def test_answers_are_refined(self):
        self.run_program("train", "train.yaml")
        self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/g.h5, first_sample: 1100}\n"
                                   "refine: {samples: 10, error: 1.0e-5}\noutput: {file: out/p.h5}\n")
        found = []
        for ranks in (1, 3):
            output = self.run_program("predict", "predict.yaml", ranks=ranks)
            self.assertIn("by 0.0 % of the network's answers, 100.0 % of the fits; for 0.0 % another", output)
            self.assertIn("C determines 2 combinations of the parameters to a tenth of the priors in 100.0 %", output)
            with h5py.File(self.folder / "out" / "p.h5") as file:
                found.append((file["refined/parameters"][:], file["refined/found"][:]))
        np.testing.assert_array_equal(found[0][0], found[1][0])
        with h5py.File(self.folder / "out" / "g.h5") as file:
            np.testing.assert_allclose(found[0][0], file["parameters"][1100:1110], rtol=1e-4)
        self.assertTrue(np.all(found[0][1][:, 1] < 0.2))
        for wrong in ("{samples: 0, error: 1e-5}", "{samples: 5}", "{samples: 5, error: 2}",
                      "{samples: 5, error: 1e-5, more_starts: -1}", "{samples: 5, error: 1e-5, starts: 1}"):
            self.assertIn("refine", self.run_program("predict", "predict.yaml", f"refine={wrong}", expected=2)[0])
        self.run_program("train", "train.yaml", "dataset.targets=[r0_fm]", "network.members=1")
        self.assertIn("its dataset varied", self.run_program("predict", "predict.yaml", ranks=2, expected=2)[0])

    # Two wells of one depth may change places: each C has two solutions, and both are found and kept.
    def test_other_potentials_of_the_same_c_are_found(self):
        ranges = "{uniform: [0.5, 1.5]}"
        self.write("two.yaml", GENERATE.replace("[{uniform: [-60, -20]}]", "[-20, -20]")
                   .replace("[1.1]", f"[{ranges}, {ranges}]").replace("g.h5", "two.h5"))
        self.run_program("generate", "two.yaml")
        self.run_program("train", "train.yaml", "network.members=1", "dataset.file=out/two.h5")
        self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/two.h5, first_sample: 1100}\n"
                                   "refine: {samples: 10, error: 1.0e-6}\noutput: {file: out/p.h5}\n")
        kept = []
        for ranks in (1, 3):
            output = self.run_program("predict", "predict.yaml", ranks=ranks)
            self.assertIn("100.0 % of the fits; for 100.0 % another potential was found", output)
            with h5py.File(self.folder / "out" / "p.h5") as file:
                kept.append([file[f"refined/{name}"][:] for name in ("parameters", "other_parameters", "other_sample")])
        for one, other in zip(*kept):
            np.testing.assert_array_equal(one, other)
        parameters, others, sample = kept[0]
        np.testing.assert_array_equal(sample[:, 0], np.arange(10))
        np.testing.assert_allclose(others[:, [1, 0, 2]], parameters, rtol=2e-3)

    # C known to nothing determines nothing, of normal priors too, which have no bounds.
    def test_what_is_determined_is_told_by_the_priors(self):
        self.run_program("generate", "gen.yaml", "source.r0_fm={normal: [1.5, 0.1]}", "dataset.file=out/n.h5")
        self.run_program("train", "train.yaml", "dataset.file=out/n.h5", "network.members=1")
        self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/n.h5}\n"
                                   "refine: {samples: 5, error: 1, more_starts: 0}\noutput: {file: out/p.h5}\n")
        self.run_program("predict", "predict.yaml")
        with h5py.File(self.folder / "out" / "p.h5") as file:
            determined = file["refined/found"][:, 2]
        self.assertTrue(np.all(determined[np.isfinite(determined)] == 0), determined)
        self.run_program("predict", "predict.yaml", "refine.error=1e-5")
        with h5py.File(self.folder / "out" / "p.h5") as file:
            self.assertTrue(np.all(file["refined/found"][:, 2] == 2))

    # Killed at any time, on whatever ranks, the models are those of an undisturbed training.
    def test_kills_and_resumes(self):
        settings = ["training.epochs=60", "training.checkpoint_every_s=0.02"]
        self.run_program("train", "train.yaml", *settings)
        undisturbed = [self.weights(member) for member in range(3)]
        (self.folder / "out" / "m.h5").unlink()
        for attempt in range(60):
            process = subprocess.Popen([str(PROGRAM), "train", "train.yaml", "--resume",
                                        *(part for setting in settings for part in ("--set", setting))],
                                       cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.6 + 0.05 * attempt)
            if process.poll() is not None:
                break
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.assertEqual(process.wait(), 0)
        print("kills", attempt)
        for member in range(3):
            np.testing.assert_array_equal(self.weights(member), undisturbed[member])

    # Fits would be to the training's physics. Other priors are told, as a network knows them too.
    def test_samples_of_another_family(self):
        self.run_program("train", "train.yaml", "network.members=1")
        self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/other.h5}\noutput: {file: out/p.h5}\n")
        refine = "refine={samples: 2, error: 1e-5}"
        for setting, what in (("pair.mass1_MeV=1115", "pair.mass1_MeV was 1115"),
                              ("source.r0_fm={uniform: [1, 1.5]}", "source.r0_fm")):
            (self.folder / "out" / "other.h5").unlink(missing_ok=True)
            self.run_program("generate", "gen.yaml", "dataset.file=out/other.h5", "dataset.samples=20", setting)
            for ranks in (1, 3):
                self.assertIn(what, self.run_program("predict", "predict.yaml", ranks=ranks))
            if "pair" in setting:
                self.assertIn(what, self.run_program("predict", "predict.yaml", refine, ranks=2, expected=2)[0])
            else:
                self.assertIn("refined 2 samples", self.run_program("predict", "predict.yaml", refine))

    # A single bit of a weight, which HDF5 does not guard.
    def test_changed_models_are_refused(self):
        self.run_program("train", "train.yaml", "network.members=1")
        self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/g.h5}\noutput: {file: out/p.h5}\n")
        self.run_program("predict", "predict.yaml")
        with h5py.File(self.folder / "out" / "m.h5", "r+") as file:
            file["network/layer_0/weight"][0, 0] *= 1 + 1e-6
        for ranks in (1, 3):
            self.assertIn("out/m.h5: has other numbers than were written; train again",
                          self.run_program("predict", "predict.yaml", ranks=ranks, expected=2)[0])
        with h5py.File(self.folder / "out" / "m.h5", "r+") as file:
            del file.attrs["content_sha256"]
        self.run_program("predict", "predict.yaml")

    def test_wrong_numbers_of_members_are_refused(self):
        for members in ("0", "101", "two"):
            self.assertIn("members", self.run_program("train", "train.yaml", f"network.members={members}",
                                                      expected=2)[0])
        self.run_program("train", "train.yaml")
        with h5py.File(self.folder / "out" / "m.h5", "r+") as file:
            file["network"].attrs["members"] = 4
        self.write("predict.yaml", "model: {file: out/m.h5}\ndataset: {file: out/g.h5}\noutput: {file: out/p.h5}\n")
        for ranks in (1, 3):
            self.assertIn("network_3", self.run_program("predict", "predict.yaml", ranks=ranks, expected=2)[0])


if __name__ == "__main__":
    main()
