"""A dataset is continued, or found finished, with the inputs it was begun with; what was damaged meanwhile is made
again; samples that fail are marked."""

import signal
import struct
import subprocess
import time
import zlib

import h5py
import numpy as np

from program import PROGRAM, InFolder, main, run

PAIR = ("pair: {mass1_MeV: 938, mass2_MeV: 1115}\nsource: {form: gaussian, r0_fm: 1.2}\n"
        "momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 20}\n")
DRAWN = PAIR + "potential: {form: sum_of_gaussians, strengths_MeV: [{uniform: [-40, 40]}], ranges_fm: [0.9]}\n"
DESIGN = PAIR + ("potential: {form: gaussian_plus_yukawa_power, b2_per_fm2: 73.9, b4_per_fm2: 0.78, m_pi_MeV: 146, "
                 "n_pi: 2}\n")
# Weights of bins from a file: what a detector sees of a table that may change.
WEIGHTED = DRAWN.replace("points: 20", "points: 20, placement: bin_averages") + "bins: {weight_file: weight.csv}\n"
# exp(-m r) of a small mass reaches beyond every grid; the ends of each prior alone do not.
FAILING = PAIR + ("potential: {form: yukawa, strength_MeV_fm: {log_uniform: [1e-4, 1e3]}, "
                  "m_MeV: {log_uniform: [3, 2000]}}\n")


class ContinuedDatasets(InFolder):
    def write_table(self, scale):
        self.write("design.csv", "b1_MeV,b3_MeV_fm2\n" + "".join(f"{scale * i},{-i / 100}\n" for i in range(1, 6001)))

    def write_weight(self, power):
        self.write("weight.csv", "k_star_MeV,weight\n" + "".join(f"{k},{k**power}\n" for k in range(0, 400, 5)))

    def generate(self, text, *more, code=0, ranks=1, output="out/d.h5"):
        config = self.write("config.yaml", text)
        ended, said, messages = run("generate", config, "--set", f"dataset.file={output}", *more, ranks=ranks,
                                    cwd=self.folder)
        self.assertEqual(ended, code, messages)
        self.assertEqual(len(messages), 0 if code == 0 else 1, messages)
        return messages[0] if messages else said

    def begin(self, text):
        """Stops a run after its first blocks."""
        config = self.write("config.yaml", text)
        process = subprocess.Popen([PROGRAM, "generate", config, "--set", "dataset.file=out/d.h5"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 60
        while not (self.folder / "out/d.h5.part").exists() and time.monotonic() < end:
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75)
        self.assertTrue((self.folder / "out/d.h5.part").exists())

    def same(self, one, other):
        with h5py.File(self.folder / one) as a, h5py.File(self.folder / other) as b:
            for name in ("parameters", "correlation", "observables", "failed", "checksums"):
                np.testing.assert_array_equal(a[name][:].view(np.uint8), b[name][:].view(np.uint8), name)

    def test_inputs_that_changed(self):
        for text, write, name in [(DESIGN + "dataset: {parameters_from: design.csv}\n", self.write_table, "design.csv"),
                                  (WEIGHTED + "dataset: {samples: 20000}\n", self.write_weight, "weight.csv")]:
            with self.subTest(name):
                write(1)
                self.begin(text)
                begun = (self.folder / "out/d.h5.part").read_bytes()
                write(2)
                self.assertIn(f"out/d.h5.part: was begun by another config; remove it or change dataset.file ({name} "
                              f"has changed since)", self.generate(text, code=2))
                self.assertEqual((self.folder / "out/d.h5.part").read_bytes(), begun)
                write(1)  # the same content again
                self.generate(text)
                write(2)
                self.assertIn(f"out/d.h5: exists and was made by another config; remove it or change dataset.file "
                              f"({name} has changed since)", self.generate(text, code=2))
                (self.folder / "out/d.h5").unlink()

    def test_what_was_damaged_is_made_again(self):
        text = DRAWN + "dataset: {samples: 20000, seed: 3}\n"
        self.generate(text, output="out/whole.h5")
        self.begin(text)
        part = self.folder / "out/d.h5.part"
        with h5py.File(part, "r+") as file:
            written = file["checksums"][:, 0] != 0
            self.assertTrue(written[:1024].all() and not written.all())
            file["correlation"][3, 2:4] = 0.0
            file["parameters"][1000] = 1e300
        for damaged in ("99999999999\n", "-5\n", "text"):
            (self.folder / "out/d.h5.part.progress").write_text(damaged)  # of an older version: nobody asks
        self.generate(text, ranks=2)
        (self.folder / "out/d.h5.part.progress").unlink()
        self.same("out/whole.h5", "out/d.h5")

    def test_configs_are_compared_by_meaning(self):
        self.generate(DRAWN + "dataset: {samples: 30}\n")
        for changed in (
            "dataset:\n  samples: 3e1\n"
            + DRAWN.replace("mass1_MeV: 938, mass2_MeV: 1115", "mass2_MeV: 1115.0, mass1_MeV: 9.38e2"),
            DRAWN + "dataset: {samples: 30, seed: 1, precision: float64, failures: stop}\n",
            DRAWN + "dataset: {samples: 30}\nlambda: 1\nnormalisation: 1.0\n",
            DRAWN.replace("points: 20", "points: 020, placement: bin_centres") + "dataset: {samples: 030}\n",
        ):
            self.assertIn("was complete already", self.generate(changed))
            self.assertIn("was complete already", self.generate(changed, output="./out/../out/d.h5"))
        self.generate(DRAWN + "dataset: {samples: 30}\nlambda: 1\n", output="out/l.h5")
        self.assertIn("was complete already", self.generate(DRAWN + "dataset: {samples: 30}\n", output="out/l.h5"))
        for changed, what in ((("points: 20", "points: 21"), "momentum.points was 20 and is 21"),
                              (("-40, 40", "-40, 41"), "was [-40, 40] and is [-40, 41]"),
                              (("gaussian, r0", "gaussian, r0"), None)):
            if what:
                self.assertIn(what, self.generate(DRAWN.replace(*changed) + "dataset: {samples: 30}\n", code=2))
        self.assertIn("lambda was not given and is 0.5",
                      self.generate(DRAWN + "dataset: {samples: 30}\nlambda: 0.5\n", code=2))

    def test_a_dataset_of_an_older_version(self):
        self.generate(DRAWN + "dataset: {samples: 30}\n")
        with h5py.File(self.folder / "out/d.h5", "r+") as file:
            file.attrs["format_version"] = 1
            for name in ("config_defaults", "input_digests"):
                del file.attrs[name]
            for name in ("failed", "failed_samples", "checksums"):
                del file[name]
        self.assertIn("was complete already", self.generate(DRAWN + "dataset: {samples: 30.0, seed: 1}\n"))
        self.assertIn("dataset.seed was 1 and is 2", self.generate(DRAWN + "dataset: {samples: 30, seed: 2}\n", code=2))

    def test_failed_samples_are_marked(self):
        text = FAILING + "dataset: {samples: 400}\n"
        said = self.generate(text)
        with h5py.File(self.folder / "out/d.h5") as file:
            failed = file["failed"][:, 0] == 1
            self.assertTrue(0 < failed.sum() < 20)
            self.assertEqual(file["failed_samples"][0], failed.sum())
            np.testing.assert_array_equal(failed, np.isnan(file["correlation"][:]).all(axis=1))
            np.testing.assert_array_equal(failed, np.isnan(file["observables"][:]).any(axis=1))
            self.assertTrue(np.isfinite(file["parameters"][:]).all()
                            and np.isfinite(file["correlation"][~failed]).all())
            self.assertLess(file["parameters"][failed, 1].max(), 6)
            # As docs/dataset_format.md tells.
            for i in (0, 5):
                crc = zlib.crc32(file["correlation"][i].astype("<f8").tobytes(), zlib.crc32(struct.pack("<q", i)))
                self.assertEqual(file["checksums"][i, 1] - 1, crc)
            first = np.flatnonzero(failed)[0]
        self.assertIn(f"{failed.sum()} of 400 samples failed and are marked in /failed; the first:\n    sample "
                      f"{first}, potential.strength_MeV_fm = ", said)
        self.assertIn(f"failed samples: {failed.sum()}", run("show", "out/d.h5", cwd=self.folder)[1])
        for ranks in (2, 3):
            self.generate(text, ranks=ranks, output=f"out/{ranks}.h5")
            self.same("out/d.h5", f"out/{ranks}.h5")
        message = self.generate(text, "--set", "dataset.failures=stop", output="out/stop.h5", code=2, ranks=2)
        self.assertIn(f"sample {first}, potential.strength_MeV_fm = ", message)
        self.assertIn(f"has {failed.sum()} failed samples; take them by dataset.failures: mark",
                      self.generate(text, "--set", "dataset.failures=stop", code=2))
        self.assertIn("every sample failed", self.generate(text.replace("400", "1"), output="out/none.h5", code=2))

    def test_train_leaves_failed_samples_out(self):
        """And says so, as the same samples without the failed ones give the same network, bit by bit; and refuses a
        row that is not what was written."""
        if "without LibTorch" in run("--version")[1]:
            self.skipTest("no train without LibTorch")
        self.generate(FAILING + "dataset: {samples: 400}\n")
        with h5py.File(self.folder / "out/d.h5") as file, h5py.File(self.folder / "out/sound.h5", "w") as sound:
            kept = file["failed"][:, 0] == 0
            sound.attrs.update(file.attrs)
            for name in ("parameters", "correlation", "observables", "recomputed_waves"):
                sound[name] = file[name][kept]
                sound[name].attrs.update(file[name].attrs)
            file.copy("k_star_MeV", sound)
        for name in ("d", "sound"):
            config = self.write("train.yaml",
                                f"dataset: {{file: out/{name}.h5, training_samples: 300, validation_samples: 50}}\n"
                                f"network: {{widths: [8]}}\ntraining: {{epochs: 2}}\n"
                                f"output: {{model: out/{name}_model.h5, learning_curve: out/c.csv, "
                                f"predictions: out/{name}_predictions.h5}}\n")
            code, said, messages = run("train", config, ranks=2, cwd=self.folder)
            self.assertEqual(code, 0, messages)
            self.assertEqual(f"out/d.h5: {400 - kept.sum()} failed samples are left out" in said, name == "d")
        with h5py.File(self.folder / "out/d_predictions.h5") as one, \
                h5py.File(self.folder / "out/sound_predictions.h5") as other:
            for name in ("training/truth", "training/prediction", "test/truth", "test/prediction"):
                np.testing.assert_array_equal(one[name][:], other[name][:])
        with h5py.File(self.folder / "out/d.h5", "r+") as file:
            row = np.flatnonzero(kept)[100]
            file["correlation"][row, 3] += 1e-9
        code, _, messages = run("train", config, "--set", "dataset.file=out/d.h5", ranks=2, cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1), messages)
        self.assertIn(f"out/d.h5:/correlation: row {row} is not what was written", messages[0])

    def test_a_dataset_that_no_disk_holds(self):
        self.assertIn("dataset.samples is 1000000000000000000; these need ",
                      self.generate(DRAWN + "dataset: {samples: 1}\n", "--set", "dataset.samples=1000000000000000000",
                                    code=2))


if __name__ == "__main__":
    main()
