"""Bound states as `solve` prints and writes them, and small numbers on its lines."""

import re

import h5py
import numpy as np

from program import InFolder, main, run

HBAR_C, ALPHA = 197.3269804, 1 / 137.035999084
KAONIC = """pair: {name: K-p, mass1_MeV: 493.677, mass2_MeV: 938.27208816, charge_product: -1}
channels: [{weight: 1, waves: [{l: %d, form: sum_of_gaussians, strengths_MeV: [%g], ranges_fm: [1]}]}]
source: {form: gaussian, r0_fm: 1}
momentum: {k_min_MeV: 5, k_max_MeV: 100, points: 3, placement: end_points}
output: {file: out/kp.h5}
"""
REDUCED_MASS = 493.677 * 938.27208816 / (493.677 + 938.27208816)


def bohr_MeV(n):
    return -0.5 * REDUCED_MASS * (ALPHA / n) ** 2


class BoundStates(InFolder):
    def solve(self, text, *more):
        code, output, messages = run("solve", self.write("config.yaml", text), *more, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), output)
        return output

    def energies(self, output):
        return [float(e) for e in re.findall(r"bound state: E = (\S+) MeV", output)]

    def test_levels_of_kaonic_hydrogen(self):
        """The 1s level by scipy's solve_ivp from both sides; without a strong force Bohr's levels, also of l = 2."""
        for strength, exact in ((-1, -0.008616), (-20, -0.008681), (-40, -0.008774), (-60, -0.008911)):
            printed = self.energies(self.solve(KAONIC % (0, strength)))
            self.assertEqual(len(printed), 3)
            self.assertAlmostEqual(printed[0], exact, delta=6e-7)
        for l in (0, 2):
            output = self.solve(KAONIC % (l, 0), "--set", "output.charged_levels=5")
            np.testing.assert_allclose(self.energies(output), [bohr_MeV(l + n) for n in range(1, 6)], rtol=2e-6)
            self.assertIn("the charges bind without end above", output)
            with h5py.File(self.folder / "out/kp.h5") as file:
                states = file["bound_states_MeV"]
                np.testing.assert_allclose(states[:], [bohr_MeV(l + n) for n in range(1, 6)], rtol=1e-9)
                self.assertEqual(states.attrs["count"], 5)
                self.assertAlmostEqual(states.attrs["limit_MeV"] / bohr_MeV(l + 5.5), 1, delta=1e-9)

    def test_deep_wells_list_all_their_states(self):
        """A square well of phase sqrt(2 mu V) R binds floor(phase/pi + 1/2) states: 323 here, each with K R between i
        + 1/2 and i + 1 times pi."""
        text = """pair: {mass1_MeV: 1.0e8, mass2_MeV: 1.0e8}
potential: {form: square_well, depth_MeV: 100, radius_fm: 2}
source: {form: gaussian, r0_fm: 1.2}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 4}
output: {file: out/deep.h5}
"""
        self.assertEqual(len(self.energies(self.solve(text))), 323)
        with h5py.File(self.folder / "out/deep.h5") as file:
            energies = file["bound_states_MeV"][:]
        x = np.sqrt(2 * 5e7 * (100 + energies)) * 2 / HBAR_C / np.pi
        np.testing.assert_array_equal(np.floor(2 * x), 2 * np.arange(323) + 1)

    def test_states_that_are_only_counted_are_said_to_be(self):
        """2 mu V R^2/(hbar c)^2 = 1e8: 1e4/pi states, more than are worth the time."""
        text = """pair: {mass1_MeV: 1.0e7, mass2_MeV: 1.0e7}
potential: {form: square_well, depth_MeV: %.17g, radius_fm: 0.01}
source: {form: gaussian, r0_fm: 1.2}
momentum: {k_min_MeV: 50, k_max_MeV: 300, points: 2}
output: {file: out/deep.h5}
""" % ((1.00001e4 * HBAR_C) ** 2 / (2 * 5e6 * 0.01**2))
        output = self.solve(text)
        self.assertEqual(self.energies(output), [])
        self.assertIn(f"{int(1.00001e4 / np.pi + 0.5)} bound states, whose energies no grid reaches", output)

    def test_small_numbers_are_printed(self):
        """The lowest level of two light particles is some eV; k* has as many digits as it needs."""
        output = self.solve("""allow: [masses]
pair: {mass1_MeV: 0.511, mass2_MeV: 938.27208816, charge_product: -1}
channels: [{weight: 1, waves: [{l: 0, form: sum_of_gaussians, strengths_MeV: [0], ranges_fm: [1]}]}]
source: {form: gaussian, r0_fm: 1}
momentum: {k_min_MeV: 0.0125, k_max_MeV: 0.1, points: 2, placement: end_points}
output: {file: out/small.h5}
""")
        mass = 0.511 * 938.27208816 / (0.511 + 938.27208816)
        self.assertAlmostEqual(self.energies(output)[0] / (-0.5 * mass * ALPHA**2), 1, delta=1e-6)
        self.assertIn("C(0.0125 MeV/c) = ", output)
        self.assertIn("k* from 0.0125 to 0.1 MeV/c", output)


main()
