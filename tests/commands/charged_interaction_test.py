"""Charges beside local, separable, tabulated and fitted interactions, in phase-shifts and solve."""

import subprocess
import unittest

import h5py
import numpy as np

from program import SOURCE, InFolder, main, run

MASSES = "mass1_MeV: 938.27208816, mass2_MeV: 1672.45"
REDUCED_MASS = 938.27208816 * 1672.45 / (938.27208816 + 1672.45)
SEPARABLE = "{form: separable_exponential, omega_MeV_per_fm3: -90, mu_per_fm: 2}"
REST = """source: {form: gaussian, r0_fm: 1.2}
momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 20}
output: {table: out/table.csv, file: out/file.h5}
"""
SHIFTS = "momentum: {k_min_MeV: 5, k_max_MeV: 300, points: 20}\noutput: {table: out/table.csv, file: out/file.h5}\n"
WELL = "potential: {form: sum_of_gaussians, strengths_MeV: [-60], ranges_fm: [1.4]}\n"


class ChargedInteraction(InFolder):
    def ok(self, command, config, *arguments, ranks=1):
        if isinstance(config, str):
            config = self.write("config.yaml", config)
        code, output, messages = run(command, config, *arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), config)
        return output

    def refuse(self, command, text, part):
        code, _, messages = run(command, self.write("config.yaml", text), cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1), messages)
        self.assertIn(part, messages[0])

    def table(self):
        return np.genfromtxt((self.folder / "out" / "table.csv").read_text().splitlines(), delimiter=",", names=True)

    def file(self):
        return h5py.File(self.folder / "out" / "file.h5")

    def test_published_omega_ccc(self):
        config = SOURCE / "configs" / "omega_ccc_phase_shifts.yaml"
        path = self.folder / "out" / "omega_ccc_phase_shifts.h5"
        output = self.ok("phase-shifts", config, ranks=2)
        self.assertIn("C_0^2 k cot(delta) + 2 k eta h(eta) = -1/a0 + r_eff k^2/2", output)
        self.assertIn("no bound state", output)
        with h5py.File(path) as file:
            self.assertAlmostEqual(file.attrs["a0_fm"], -17.07, delta=5e-3)
            self.assertAlmostEqual(file.attrs["r_eff_fm"], 0.450, delta=5e-4)
            k = file["k_star_MeV"][:] / 197.3269804
            expansion = -1 / file.attrs["a0_fm"] + file.attrs["r_eff_fm"] * k**2 / 2
            np.testing.assert_allclose(file["range_function_per_fm"][:5], expansion[:5], atol=1e-4)
            self.assertNotIn("k_cot_delta_per_fm", file)
        picture = self.folder / "picture.png"
        subprocess.run(["/usr/bin/python3", SOURCE / "tools" / "plot.py", "phase-shifts", path, "-o", picture],
                       check=True)
        self.assertGreater(picture.stat().st_size, 5000)
        self.ok("phase-shifts", config, "--set", "pair.charge_product=0")
        with h5py.File(path) as file:
            self.assertAlmostEqual(file.attrs["a0_fm"], 1.582, delta=5e-4)
            self.assertAlmostEqual(file.attrs["r_eff_fm"], 0.5737, delta=5e-5)
            np.testing.assert_allclose(file["bound_states_MeV"], [-5.54], atol=5e-3)
            self.assertIn("k_cot_delta_per_fm", file)

    def test_local_potentials_by_both_solvers(self):
        for charge, radius in ((-1, 0), (4, 0.8), (-4, 0.8)):
            pair = f"pair: {{{MASSES}, charge_product: {charge}, charge_radius_fm: {radius}}}\n"
            self.ok("solve", pair + WELL + REST + "solver: {tolerance: 1.0e-9}\n")
            local = self.table()
            with self.file() as file:
                energies, limit = file["bound_states_MeV"][:], file["bound_states_MeV"].attrs["limit_MeV"]
                threshold = file.attrs["a0_fm"], file.attrs["r_eff_fm"]
            zero = "interaction: {form: separable_exponential, omega_MeV_per_fm3: 0, mu_per_fm: 1}\n"
            output = self.ok("solve", pair + WELL + zero + REST)
            self.assertEqual("the charges bind without end above" in output, charge < 0)
            both = self.table()
            np.testing.assert_allclose(both["C"], local["C"], rtol=3e-9)
            np.testing.assert_allclose(both["delta_rad"], local["delta_rad"], atol=1e-8)
            with self.file() as file:
                np.testing.assert_allclose(file["bound_states_MeV"], energies, rtol=1e-8)
                self.assertAlmostEqual(file["bound_states_MeV"].attrs["limit_MeV"], limit, delta=1e-9)
                self.assertEqual(file.attrs["charge_product"], charge)
                a0, r_eff = file.attrs["a0_fm"], file.attrs["r_eff_fm"]
            np.testing.assert_allclose(threshold, (a0, r_eff), rtol=1e-6)
            self.ok("phase-shifts", pair + WELL + SHIFTS)
            np.testing.assert_allclose(self.table()["delta_rad"], local["delta_rad"], atol=1e-8)
            with self.file() as file:
                self.assertAlmostEqual(file.attrs["a0_fm"] / a0, 1, delta=1e-9)
                self.assertAlmostEqual(file.attrs["r_eff_fm"] / r_eff, 1, delta=1e-8)
                np.testing.assert_allclose(file["bound_states_MeV"], energies, rtol=1e-8)

    def test_charge_zero_is_none(self):
        for pair in ("", ", charge_product: 0", ", charge_product: 0, charge_radius_fm: 0.5"):
            self.ok("solve", f"pair: {{{MASSES}{pair}}}\ninteraction: {SEPARABLE}\n" + REST)
            if not pair:
                neutral = self.table()
            for name in neutral.dtype.names:
                np.testing.assert_array_equal(self.table()[name], neutral[name])

    def test_a_pair_of_charges_alone_takes_the_mass_of_the_interaction(self):
        pair = f"pair: {{{MASSES}, charge_product: 2, charge_radius_fm: 0.5}}\n"
        charges = pair.replace(MASSES + ", ", "")
        with_mass = SEPARABLE.replace("}", f", reduced_mass_MeV: {REDUCED_MASS!r}}}")
        self.ok("solve", pair + f"interaction: {SEPARABLE}\n" + REST)
        reference = self.table()
        self.ok("solve", charges + f"interaction: {with_mass}\n" + REST)
        np.testing.assert_allclose(self.table()["C"], reference["C"], rtol=1e-11)
        self.refuse("solve", charges + f"interaction: {SEPARABLE}\n" + REST, "interaction.reduced_mass_MeV is missing")

        # A table of the same kernel on Gauss nodes.
        x, _ = np.polynomial.legendre.leggauss(24)
        r = np.concatenate([(a + b) / 2 + (b - a) / 2 * x for a, b in ((0, 2), (2, 5), (5, 12))])
        with h5py.File(self.folder / "kernel.h5", "w") as file:
            file["r"], file["U"] = r, -90 * np.exp(-2 * r[:, None] - 2 * r)
        self.ok("solve", charges + "interaction: {form: tabulated, file: kernel.h5, order: 7, reduced_mass_MeV: "
                                   f"{REDUCED_MASS!r}}}\n" + REST)
        np.testing.assert_allclose(self.table()["C"], reference["C"], rtol=1e-6)

    def test_fitted_files_and_their_samples(self):
        pair = f"pair: {{{MASSES}}}\n"
        self.ok("lattice-mock", pair + f"interaction: {SEPARABLE}\n"
                "momentum: {k_min_MeV: 20, k_max_MeV: 300, points: 12, placement: end_points}\n"
                "radii: {cut_fm: 7.5, panels: 3}\noutput: {file: out/waves.h5}\n")
        self.ok("lattice-fit", "data: {file: out/waves.h5}\nfit: {goal: 1.0e-3}\noutput: {potential: "
                               "out/potential.h5, learning_curve: out/curve.csv}\n")
        fitted = "interaction: {form: fitted, file: out/potential.h5}\n"
        charges = "pair: {charge_product: -4, charge_radius_fm: 0.5}\n"
        self.ok("phase-shifts", charges + fitted + SHIFTS)
        alone, with_masses = self.table(), charges.replace("{", f"{{{MASSES}, ")
        with self.file() as file:
            a0 = file.attrs["a0_fm"]
        self.ok("phase-shifts", with_masses + fitted + SHIFTS)
        np.testing.assert_allclose(self.table()["delta_rad"], alone["delta_rad"], atol=1e-10)
        self.ok("phase-shifts", with_masses + f"interaction: {SEPARABLE}\n" + SHIFTS)
        np.testing.assert_allclose(np.sin(self.table()["delta_rad"] - alone["delta_rad"]), 0, atol=3e-2)
        self.ok("solve", charges + fitted + REST)
        with self.file() as file:
            self.assertAlmostEqual(file.attrs["a0_fm"] / a0, 1, delta=1e-9)

        # Three samples around the fit, one of them not converged.
        with h5py.File(self.folder / "out" / "potential.h5", "a") as file:
            parameters = file["network/parameters"][:]
            file["samples/parameters"] = np.array([parameters * factor for factor in (1, 1.0001, 0.5)])
            file["samples/residual"], file["samples/steps"] = np.full(3, 1e-3), np.ones(3)
            file["samples/converged"] = np.array([1.0, 1.0, 0.0])
            file.attrs["resampling"] = "jackknife"
        output = self.ok("phase-shifts", charges + fitted + SHIFTS, ranks=2)
        self.assertIn("left out, as their fits did not converge: samples 2", output)
        with self.file() as file:
            of_samples = file["samples/a0_r_eff"][:, 0]
            self.assertAlmostEqual(of_samples[0] / a0, 1, delta=1e-9)
            self.assertTrue(1e-6 < abs(of_samples[1] / a0 - 1) < 0.1)
            self.assertGreater(file.attrs["a0_fm_error"], 0)
            np.testing.assert_allclose(file["samples/range_function_per_fm"][0], file["range_function_per_fm"],
                                       rtol=1e-9)

    def test_refusals(self):
        charged = f"pair: {{{MASSES}, charge_product: 1}}\n"
        for value in ("-0.1", "0.001", "11"):
            self.refuse("solve", charged.replace("}", f", charge_radius_fm: {value}}}") + WELL + REST,
                        f"config.yaml:1: pair.charge_radius_fm is '{value}'; it must be 0 or lie between 0.01 and 10")
        self.refuse("lattice-mock", charged + WELL + "momentum: {k_min_MeV: 20, k_max_MeV: 300, points: 12}\nradii: "
                    "{cut_fm: 2}\noutput: {file: out/waves.h5}\n", "pair.charge_product must be 0 here: lattices have")
        natural = SEPARABLE.replace("}", ", units: natural, reduced_mass: 3}").replace("_MeV_per_fm3", "")
        self.refuse("phase-shifts", "pair: {charge_product: 1}\n" + f"interaction: {natural.replace('_per_fm', '')}\n" +
                    SHIFTS.replace("_MeV", ""), "is in natural units; a pair or a local potential beside it needs MeV")
        low = REST.replace("k_min_MeV: 5, k_max_MeV: 300", "k_min_MeV: 0.001, k_max_MeV: 0.01")
        self.refuse("solve", charged + f"interaction: {SEPARABLE}\n" + low, "the pair cannot be solved")


if __name__ == "__main__":
    main()
