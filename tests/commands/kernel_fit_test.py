"""From waves of a known kernel to a fitted one and its phase shifts, for several first guesses."""

import subprocess
import unittest

import h5py
import numpy as np

from program import SOURCE, InFolder, main, run


class KernelFit(InFolder):
    def ok(self, *arguments, ranks=1):
        code, output, messages = run(*arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), arguments)
        return output

    def test_recovers_the_separable_kernel_from_any_first_guess(self):
        configs = SOURCE / "configs"
        self.ok("lattice-mock", configs / "separable_lattice_mock.yaml")
        exact_delta = np.loadtxt(SOURCE / "tests" / "data" / "oracles" / "separable_phase.txt")[:30, 1]
        for seed in (1, 4):
            output = self.ok("lattice-fit", configs / "separable_lattice_fit.yaml", "--set", f"fit.seed={seed}",
                             "--set", "fit.goal=1e-4", ranks=2)
            self.assertIn("the goal was reached", output)
            with h5py.File(self.folder / "out" / "separable_potential.h5") as file, \
                    h5py.File(self.folder / "out" / "separable_waves.h5") as waves:
                r, u, measure = file["r"][:], file["U"][:], waves["measure"][:]
            near = r < 3
            weight = np.outer(measure[near], measure[near])
            exact = -0.017 * np.exp(-r[near][:, None] - r[near])
            error = np.sqrt(np.sum(weight * (u[np.ix_(near, near)] - exact) ** 2) / np.sum(weight * exact**2))
            self.assertLess(error, 5e-3)
            output = self.ok("phase-shifts", configs / "separable_fitted_phase_shifts.yaml")
            table = np.genfromtxt(self.folder / "out" / "separable_fitted_phase_shifts.csv", delimiter=",", names=True)
            self.assertLess(np.abs(table["delta_rad"] - exact_delta).max(), np.radians(0.05))
            a0 = float(output.split("a0 = ")[1].split(",")[0])
            energy = float(output.split("E = ")[1].split()[0])
            self.assertLess(abs(a0 / 7.39708746998864 - 1), 1e-2)
            self.assertLess(abs(energy / -0.00589061731463104 - 1), 2e-2)
        # The kernel's table in the same file says the same.
        self.ok("phase-shifts", configs / "separable_fitted_phase_shifts.yaml", "--set", "interaction.form=tabulated",
                "--set", "interaction.order=5")
        tabulated = np.genfromtxt(self.folder / "out" / "separable_fitted_phase_shifts.csv", delimiter=",", names=True)
        np.testing.assert_allclose(tabulated["delta_rad"], table["delta_rad"], atol=2e-6)
        curve = np.genfromtxt(self.folder / "out" / "separable_learning_curve.csv", delimiter=",", names=True)
        self.assertTrue(np.all(np.diff(curve["loss"]) < 0))
        picture = self.folder / "potential.png"
        subprocess.run(["/usr/bin/python3", SOURCE / "tools" / "plot.py", "potential",
                        self.folder / "out" / "separable_potential.h5", "-o", picture], check=True)
        self.assertGreater(picture.stat().st_size, 5000)

    def test_wrong_input(self):
        fit = SOURCE / "configs" / "separable_lattice_fit.yaml"

        def refused(part, *arguments, ranks=(1, 3)):
            for n in ranks:
                code, _, messages = run(*arguments, ranks=n, cwd=self.folder)
                self.assertEqual((code, len(messages)), (2, 1), messages)
                self.assertIn(part, messages[0])

        refused("separable_waves.h5: cannot be opened", "lattice-fit", fit)
        self.ok("lattice-mock", SOURCE / "configs" / "separable_lattice_mock.yaml")
        waves = self.folder / "out" / "separable_waves.h5"
        whole = waves.read_bytes()
        refused("fit.goal is '-1'; it must not be negative", "lattice-fit", fit, "--set", "fit.goal=-1", ranks=(1,))
        refused("fit.gaol is not a known key; did you mean goal?", "lattice-fit", fit, "--set", "fit.gaol=1",
                ranks=(1,))
        refused("network.widths_f", "lattice-fit", fit, "--set", "network.widths_f=[12, 0]", ranks=(1,))
        waves.write_bytes(whole[:3000])
        refused("separable_waves.h5: is truncated or damaged", "lattice-fit", fit)
        waves.write_bytes(whole)
        with h5py.File(waves, "r+") as file:
            file["wave"][3, 5] = np.nan
        refused("separable_waves.h5: the data of the fit are not finite", "lattice-fit", fit)
        waves.write_bytes(whole)
        with h5py.File(waves, "r+") as file:
            del file["target"]
        refused("separable_waves.h5:/target: is missing", "lattice-fit", fit)
        refused("separable_potential.h5: cannot be opened", "phase-shifts",
                SOURCE / "configs" / "separable_fitted_phase_shifts.yaml")
        refused("is a waves file; a potential file is needed", "phase-shifts",
                SOURCE / "configs" / "separable_fitted_phase_shifts.yaml",
                "--set", "interaction.file=out/separable_waves.h5")
        refused("the cut lies beyond", "lattice-mock", SOURCE / "configs" / "separable_lattice_mock.yaml", "--set",
                "radii.cut=150", ranks=(1,))


if __name__ == "__main__":
    main()
