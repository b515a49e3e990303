"""Files of HDF5 whose bytes were changed, and whose datasets claim more than there is: one message, exit code 2, no
crash, hang or memory without bound."""

import os
import random
import subprocess

import h5py
import numpy as np

from program import PROGRAM, TIMEOUT_S, InFolder, main, run, with_memory

SEED = 20261126
FLIPS = 40
MEMORY = 2 << 30

DATASET = """pair: {mass1_MeV: 938, mass2_MeV: 1115}
potential: {form: sum_of_gaussians, strengths_MeV: [{uniform: [-40, 40]}], ranges_fm: [0.9]}
source: {form: gaussian, r0_fm: 1.2}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 4}
dataset: {file: out/d.h5, samples: 5}
"""
TABLE = """pair: {mass1_MeV: 938, mass2_MeV: 1115}
potential: {form: tabulated, file: V.h5, r_name: /r_fm, value_name: /V_MeV}
source: {form: gaussian, r0_fm: 1.2}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 4}
output: {table: out/t.csv}
"""


class DamagedFiles(InFolder):
    def run_limited(self, *arguments):
        # HDF5 itself leaks where a file is damaged.
        done = subprocess.run([str(PROGRAM), *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                              errors="replace", timeout=TIMEOUT_S, preexec_fn=with_memory(MEMORY),
                              env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        return done.returncode, [line for line in done.stderr.splitlines() if line.startswith("hadronforce:")]

    def refused(self, part, *arguments):
        code, messages = self.run_limited(*arguments)
        self.assertEqual((code, len(messages)), (2, 1), messages)
        self.assertIn(part, messages[0])

    def test_flipped_bytes(self):
        self.assertEqual(run("generate", self.write("d.yaml", DATASET), cwd=self.folder)[0], 0)
        whole = (self.folder / "out/d.h5").read_bytes()
        moves = random.Random(SEED)
        print("seed", SEED)
        for flip in range(FLIPS):
            data = bytearray(whole)
            for _ in range(moves.choice([1, 1, 8])):
                data[moves.randrange(len(data))] ^= 1 << moves.randrange(8)
            (self.folder / "out/flipped.h5").write_bytes(data)
            code, messages = self.run_limited("show", "out/flipped.h5")
            with self.subTest(flip=flip, messages=messages):
                self.assertTrue((code, len(messages)) in ((0, 0), (2, 1)), code)

    def write_table(self, **claimed):
        """A table whose dataset V_MeV was created so and never written."""
        with h5py.File(self.folder / "V.h5", "w") as file:
            file["r_fm"] = np.linspace(0, 5, 50)
            file.create_dataset("V_MeV", **claimed)

    def test_claimed_shapes(self):
        config = self.write("t.yaml", TABLE)
        with h5py.File(self.folder / "V.h5", "w") as file:
            file["r_fm"] = np.linspace(0, 5, 50)
            file["V_MeV"] = -np.exp(-file["r_fm"][:] ** 2)
        self.assertEqual(self.run_limited("solve", config), (0, []))
        for claimed in ({"shape": (10**12,), "dtype": "f8"}, {"shape": (2**62,), "dtype": "f8", "chunks": (1024,)},
                        {"shape": (10**9,), "dtype": "f8", "chunks": (10**6,), "compression": "gzip"}):
            self.write_table(**claimed)
            self.refused("V.h5:/V_MeV: claims to hold more than the file does", "solve", config)
        (self.folder / "numbers.bin").write_bytes(bytes(8 * 50))
        self.write_table(shape=(50,), dtype="f8", external=[("numbers.bin", 0, 8 * 50)])
        self.refused("V.h5:/V_MeV: keeps its numbers in other files; copy them into this one", "solve", config)

    def test_compressed_tables_are_read(self):
        r = np.linspace(0, 5, 4000)
        with h5py.File(self.folder / "V.h5", "w") as file:
            file.create_dataset("r_fm", data=r, compression="gzip")
            file.create_dataset("V_MeV", data=np.where(r < 1, -10.0, 0.0) * np.exp(-r), compression="gzip")
        self.assertEqual(self.run_limited("solve", self.write("t.yaml", TABLE)), (0, []))


if __name__ == "__main__":
    main()
