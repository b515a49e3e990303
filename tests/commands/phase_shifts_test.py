"""phase-shifts on the kernel whose phase shifts are known exactly."""

import subprocess
import unittest

import numpy as np

from program import SOURCE, InFolder, main, run


class PhaseShifts(InFolder):
    def test_table_holds_the_exact_phase_shifts(self):
        code, output, messages = run("phase-shifts", SOURCE / "configs" / "separable_phase_shifts.yaml", ranks=2,
                                     cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        self.assertIn("bound state: E = -0.0058906173", output)
        table = np.genfromtxt(self.folder / "out" / "phase_shifts.csv", delimiter=",", names=True)
        exact = np.loadtxt(SOURCE / "tests" / "data" / "oracles" / "separable_phase.txt")
        np.testing.assert_allclose(table["k"], exact[:, 0], rtol=1e-12)
        np.testing.assert_allclose(table["delta_rad"], exact[:, 1], atol=1e-11)
        np.testing.assert_allclose(table["k_cot_delta"], exact[:, 3], rtol=1e-9)
        picture = self.folder / "phase_shifts.png"
        subprocess.run(["/usr/bin/python3", SOURCE / "tools" / "plot.py", "phase-shifts",
                        self.folder / "out" / "phase_shifts.h5", "-o", picture], check=True)
        self.assertGreater(picture.stat().st_size, 5000)


if __name__ == "__main__":
    main()
