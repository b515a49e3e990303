"""What `solve` and `generate` say of C(k*) and phase shifts beside an adaptive Runge-Kutta solution of the same
equation.

The tables of tests/data/oracles were made by a program that shares no line with this one (order 7(8), tolerance 1e-13,
converged to 2.5e-8): a broken propagation, matching or source integral shows here in whatever way the program was
built."""

import h5py
import numpy as np

from program import SOURCE, InFolder, main, run

TOLERANCE = 1e-6  # the program's own promise, of max(1, C)
ORACLE_ERROR = 2.5e-8
POINTS = 60


def oracle(law):
    """Columns r0, b1, b2, b3, b4; then 60 C; then 60 delta modulo pi."""
    rows = np.atleast_2d(np.loadtxt(SOURCE / "tests" / "data" / "oracles" / f"forward_{law}.txt"))
    return rows[:, :5], rows[:, 5:5 + POINTS], rows[:, 5 + POINTS:]


class Solve(InFolder):
    def test_generated_correlation_functions_equal_an_independent_solution(self):
        for law in ("uniform", "loguniform"):
            parameters, correlation, _ = oracle(law)
            np.savetxt(self.folder / "design.csv", parameters, delimiter=",", comments="",
                       header="r0_fm,b1_MeV,b2_per_fm2,b3_MeV_fm2,b4_per_fm2", fmt="%.17g")
            config = self.write("config.yaml", f"""pair: {{mass1_MeV: 938.2720882, mass2_MeV: 1672.45}}
potential: {{form: gaussian_plus_yukawa_power, n_pi: 2, m_pi_MeV: 146}}
source: {{form: gaussian}}
momentum: {{k_min_MeV: 5, k_max_MeV: 300, points: {POINTS}}}
dataset: {{file: out/{law}.h5, parameters_from: design.csv, precision: float64}}
""")
            self.assertEqual(run("generate", config, cwd=self.folder)[::2], (0, []))
            with h5py.File(self.folder / "out" / f"{law}.h5") as file:
                error = np.abs(file["correlation"][:] - correlation) / np.maximum(1, correlation)
            self.assertEqual(error.shape, (len(parameters), POINTS))
            self.assertLess(error.max(), TOLERANCE + ORACLE_ERROR, law)

    def test_solve_gives_the_same_phase_shifts(self):
        (parameters,), (correlation,), (delta,) = oracle("base")
        r0, b1, b2, b3, b4 = parameters
        config = self.write("config.yaml", f"""pair: {{mass1_MeV: 938.2720882, mass2_MeV: 1672.45}}
potential: {{form: gaussian_plus_yukawa_power, n_pi: 2, m_pi_MeV: 146, b1_MeV: {b1}, b2_per_fm2: {b2},
            b3_MeV_fm2: {b3}, b4_per_fm2: {b4}}}
source: {{form: gaussian, r0_fm: {r0}}}
momentum: {{k_min_MeV: 5, k_max_MeV: 300, points: {POINTS}}}
output: {{file: out/s.h5}}
""")
        self.assertEqual(run("solve", config, cwd=self.folder)[::2], (0, []))
        with h5py.File(self.folder / "out" / "s.h5") as file:
            self.assertLess(np.max(np.abs(file["correlation"][:] - correlation) / np.maximum(1, correlation)),
                            TOLERANCE + ORACLE_ERROR)
            turns = (file["delta_rad"][:] - delta) / np.pi
        self.assertLess(np.max(np.abs(turns - np.round(turns))) * np.pi, TOLERANCE + ORACLE_ERROR)

    def test_square_wells_are_those_of_textbooks(self):
        """u = sin(K r) inside and a sine outside: a wave that jumps, whose steps are of another order than smooth ones.
        C is the source's integral over it, by Gauss's rule."""
        radius, r0 = 1.1, 1.3
        mu = 938.27 * 1672.45 / (938.27 + 1672.45)
        for depth in (120.0, 12.0, -90.0):
            with self.subTest(depth=depth):
                config = self.write("config.yaml", f"""pair: {{mass1_MeV: 938.27, mass2_MeV: 1672.45}}
potential: {{form: square_well, depth_MeV: {depth}, radius_fm: {radius}}}
source: {{form: gaussian, r0_fm: {r0}}}
momentum: {{k_min_MeV: 5, k_max_MeV: 300, points: {POINTS}}}
output: {{file: out/s.h5}}
""")
                self.assertEqual(run("solve", config, cwd=self.folder)[::2], (0, []))
                with h5py.File(self.folder / "out" / "s.h5") as file:
                    k = file["k_star_MeV"][:] / 197.3269804
                    correlation, delta = file["correlation"][:], file["delta_rad"][:]
                inside = np.sqrt(k**2 + 2 * mu * depth / 197.3269804**2 + 0j)
                exact = np.arctan((k / inside * np.tan(inside * radius)).real) - k * radius
                turns = (delta - exact) / np.pi
                self.assertLess(np.max(np.abs(turns - np.round(turns))) * np.pi, TOLERANCE)
                x, w = np.polynomial.legendre.leggauss(200)
                r_in, r_out = (np.array(0.5 * (a + b) + 0.5 * (b - a) * x) for a, b in ((0, radius), (radius, 20 * r0)))
                u_in = np.sin(inside[:, None] * r_in) * (np.sin(k * radius + exact) / np.sin(inside * radius))[:, None]
                u_out = np.sin(k[:, None] * r_out + exact[:, None])
                gain = sum(0.5 * (b - a) * (w * np.exp(-(r / (2 * r0))**2)
                                            * (np.abs(u)**2 - np.sin(k[:, None] * r)**2)).sum(axis=1)
                           for r, u, a, b in ((r_in, u_in, 0, radius), (r_out, u_out, radius, 20 * r0)))
                c = 1 + 4 * np.pi * gain / k**2 / (4 * np.pi * r0**2)**1.5
                self.assertLess(np.max(np.abs(correlation - c) / np.maximum(1, c)), TOLERANCE)

    def test_rounding_is_not_printed_as_numbers(self):
        """a0 = (2 mu/hbar^2) V0 sqrt(pi) range^3/4 (Born) = 1e-11 fm is below what a grid resolves; r_eff counts
        1/a0^2."""
        config = self.write("config.yaml", """pair: {mass1_MeV: 938.27, mass2_MeV: 1672.45}
potential: {form: sum_of_gaussians, strengths_MeV: [1e-9], ranges_fm: [1]}
source: {form: gaussian, r0_fm: 1.2}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 3}
output: {file: out/s.h5}
""")
        code, output, messages = run("solve", config, cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        self.assertIn("a0 = 0 within 1e-10 fm, r_eff is not determined", output)
        output = run("solve", config, "--set", "potential.strengths_MeV=[0.01]", cwd=self.folder)[1]
        born_fm = 2 * 938.27 * 1672.45 / (938.27 + 1672.45) / 197.3269804 ** 2 * 0.01 * np.sqrt(np.pi) / 4
        self.assertAlmostEqual(float(output.split("a0 = ")[1].split()[0]) / born_fm, 1, delta=1e-3)


main()
