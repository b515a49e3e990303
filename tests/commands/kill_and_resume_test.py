"""A generate that is killed at random moments and run again gives the same bits as one that was left alone."""

import random
import signal
import subprocess
import time
import unittest

import h5py
import numpy as np

from program import PROGRAM, InFolder, main, run

SEED = 20260104
KILLS = 20


class KillAndResume(InFolder):
    def test_killed_runs_end_with_the_same_bits(self):
        config = self.config("two_parameters_generate.yaml", ("samples: 12000", "samples: 60000"))
        begin = time.monotonic()
        self.assertEqual(run("generate", config, "--set", "dataset.file=out/whole.h5", ranks=2, cwd=self.folder)[0], 0)
        duration = time.monotonic() - begin
        moments = random.Random(SEED)
        print("seed", SEED)
        killed = 0
        target = self.folder / "out" / "two_parameters.h5"
        while killed < KILLS:
            # A process group of its own, so that mpirun and all ranks die at once.
            process = subprocess.Popen(["mpirun", "--quiet", "-n", str(1 + killed % 3), PROGRAM, "generate", config],
                                       cwd=self.folder,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            # Early moments, so that 20 of them come before the end.
            time.sleep(moments.uniform(0.0, 0.45 * duration))
            if process.poll() is None:
                subprocess.run(["pkill", "-KILL", "-s", str(process.pid)], check=False)
                process.send_signal(signal.SIGKILL)
                process.wait()
                # Ranks that are still dying hold their locks.
                while subprocess.run(["pgrep", "-s", str(process.pid)], stdout=subprocess.DEVNULL,
                                     check=False).returncode == 0:
                    time.sleep(0.01)
                killed += 1
            else:
                self.assertEqual(process.returncode, 0)
            if target.exists() and killed < KILLS:
                target.unlink()
        code, _, messages = run("generate", config, ranks=3, cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        with h5py.File(self.folder / "out" / "whole.h5") as whole, h5py.File(target) as resumed:
            for name in ("parameters", "correlation", "observables", "k_star_MeV"):
                self.assertTrue(np.array_equal(whole[name][:].view(np.uint64), resumed[name][:].view(np.uint64)), name)
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         ["two_parameters.h5", "whole.h5"])


if __name__ == "__main__":
    main()
