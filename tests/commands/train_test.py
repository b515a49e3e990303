"""`train` refuses what cannot end well before it trains, and loses nothing afterwards."""

import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import h5py

from program import PROGRAM, InFolder, main
from program import run as program_run

GENERATE = """pair: {name: x, mass1_MeV: 938.27208816, mass2_MeV: 1672.45}
potential: {form: sum_of_gaussians, strengths_MeV: [{uniform: [-60, -20]}], ranges_fm: [1.1]}
source: {form: gaussian, r0_fm: {uniform: [1, 2]}}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 40}
dataset: {file: out/g.h5, samples: 1000, seed: 7}
"""
TRAIN = """dataset: {file: out/g.h5, training_samples: 800, validation_samples: 100}
network: {widths: [32, 32]}
training: {epochs: 100000, patience: 100000, checkpoint_every_s: 0.05}
output: {model: out/m.h5, learning_curve: out/lc.csv, predictions: out/p.h5}
"""


def run(*arguments, **keywords):
    """As the program's; a machine under load looks like one with a slow BLAS."""
    code, output, messages = program_run(*arguments, **keywords)
    return code, output, [message for message in messages if "matrix products" not in message]


class Train(InFolder):
    def setUp(self):
        super().setUp()
        self.write("gen.yaml", GENERATE)
        self.write("train.yaml", TRAIN)
        self.assertEqual(run("generate", "gen.yaml", cwd=self.folder)[0], 0)

    def refused(self, *settings, command="train"):
        arguments = [part for setting in settings for part in ("--set", setting)]
        code, output, messages = run("train", "train.yaml", *arguments, cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1), (settings, output, messages))
        return messages[0]

    def start(self, *arguments):
        process = subprocess.Popen([str(PROGRAM), "train", "train.yaml", *arguments], cwd=self.folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, condition):
        for _ in range(600):
            if condition():
                return
            time.sleep(0.1)
        self.fail("nothing came of it")

    def test_outputs_that_cannot_be_written_show_before_training(self):
        for key in ("model", "learning_curve", "predictions"):
            self.assertIn("no/such/file", self.refused(f"output.{key}=no/such/file"))
            self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()), ["g.h5"])

    def test_sizes_beyond_memory_are_refused(self):
        self.assertIn("narrower", self.refused("network.widths=[30000, 30000]"))
        self.assertIn("narrower", self.refused("network.widths=[4611686018427387904]"))
        self.assertIn("training.threads", self.refused("training.threads=5000"))
        self.assertIn("training.epochs", self.refused("training.epochs=1000000000000000000"))
        # A batch is never larger than all samples: one of 10^18 is one of 800.
        code, _, messages = run("train", "train.yaml", "--set", "training.batch_size=1000000000000000000", "--set",
                                "training.epochs=2",
                                cwd=self.folder)
        self.assertEqual((code, messages), (0, []))

    def test_devices(self):
        self.assertIn("device", self.refused("device=gpu"))
        if shutil.which("nvidia-smi") is None:
            self.assertIn("no CUDA device", self.refused("device=cuda"))

    def test_the_model_survives_what_fails_after_it(self):
        (self.folder / "gone").mkdir()
        process = self.start("--set", "output.predictions=gone/p.h5", "--set", "training.epochs=300")
        curve = self.folder / "out" / "lc.csv"
        self.wait_for(lambda: curve.exists() and curve.read_text().count("\n") > 2)
        shutil.rmtree(self.folder / "gone")
        _, errors = process.communicate(timeout=100)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("gone/p.h5", errors)
        self.assertIn("model", run("show", "out/m.h5", cwd=self.folder)[1])

    def test_resuming_takes_the_same_inputs_only(self):
        process = self.start()
        checkpoint = self.folder / "out" / "m.h5.checkpoint"
        self.wait_for(checkpoint.exists)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=100)
        self.assertEqual(process.returncode, 75)
        kept = checkpoint.read_bytes()
        stop_soon = ["--resume", "--set", "training.checkpoint_every_s=60"]

        dataset = (self.folder / "out" / "g.h5").read_bytes()
        (self.folder / "out" / "g.h5").unlink()
        self.assertEqual(run("generate", "gen.yaml", "--set", "dataset.seed=8", cwd=self.folder)[0], 0)
        code, _, messages = run("train", "train.yaml", *stop_soon, cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1))
        self.assertIn("g.h5", messages[0])
        (self.folder / "out" / "g.h5").write_bytes(dataset)

        code, _, messages = run("train", "train.yaml", *stop_soon, "--set", "training.seed=2", cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1))
        self.assertIn("training.seed", messages[0])

        for name in ("parameters", "second_moment"):
            with h5py.File(checkpoint, "r+") as file:
                file[name][3] = float("nan")
            code, _, messages = run("train", "train.yaml", *stop_soon, cwd=self.folder)
            self.assertEqual((code, len(messages)), (2, 1))
            self.assertIn("m.h5.checkpoint", messages[0])
            checkpoint.write_bytes(kept)

        # Other names of outputs, and defaults that are written out, are the same training.
        curve = self.folder / "out" / "lc.csv"
        curve.unlink()
        process = self.start(*stop_soon, "--set", "output.predictions=out/other.h5", "--set",
                             "training.schedule=one_cycle")
        self.wait_for(lambda: curve.exists() and curve.read_text().count("\n") > 2)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=100)
        self.assertEqual(process.returncode, 75)


class DamagedModels(unittest.TestCase):
    """Bytes and attributes of a model file are changed; `infer` and `show` say one line or go on, and never crash."""

    def test_flipped_bytes(self):
        seed = 5
        print("seed", seed)
        draw = random.Random(seed)
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "out").mkdir()
            (folder / "gen.yaml").write_text(GENERATE)
            (folder / "train.yaml").write_text(TRAIN.replace("100000", "2"))
            (folder / "data.csv").write_text("k_star_MeV,C,err\n"
                                             + "".join(f"{10 * i},{1 + 1 / i},0.1\n" for i in range(1, 30)))
            (folder / "infer.yaml").write_text("model: {file: out/broken.h5}\ndata: {table: data.csv, "
                                               "unlike_training: accept}\noutput: {file: out/i.h5}\n")
            for command in ("generate gen.yaml", "train train.yaml"):
                self.assertEqual(run(*command.split(), cwd=folder)[0], 0)
            (folder / "bare.csv").write_text("k_star_MeV,C\n"
                                             + "".join(f"{10 * i},{1 + 1 / i}\n" for i in range(1, 30)))
            whole = (folder / "out" / "m.h5").read_bytes()
            for number in range(25):
                broken = bytearray(whole)
                for _ in range(draw.choice((1, 4, 64))):
                    broken[draw.randrange(len(broken))] ^= 1 << draw.randrange(8)
                (folder / "out" / "broken.h5").write_bytes(bytes(broken[:draw.choice((len(broken), len(broken) // 2))]))
                code, _, messages = run("infer", "infer.yaml", f"--set=data.table={('data', 'bare')[number % 2]}.csv",
                                        cwd=folder)
                self.assertIn(code, (0, 2), messages)
                self.assertEqual(len(messages), 1 if code == 2 else 0, messages)


if __name__ == "__main__":
    main()
