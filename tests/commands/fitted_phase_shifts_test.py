"""What phase-shifts says beside the prediction of a fit: other starts, the local potential that a kernel acts as, and
the forms that lattice-potential fitted."""

import unittest

import h5py
import numpy as np

from fit_configs import FIT, MOCK, PHASES
from program import InFolder, main, run

FORM = """correlator: {file: out/correlator.h5}
potential:  {times: [5, 6]}
fit:        {form: sum_of_gaussians, start: {strengths_MeV: [-70, 130], ranges_fm: [0.9, 0.4]}, error_floor_MeV: 1}
output:     {file: out/form.h5}
"""


class FittedPhaseShifts(InFolder):
    def setUp(self):
        super().setUp()
        for name, text in (("mock", MOCK), ("fit", FIT), ("phases", PHASES), ("form", FORM)):
            self.write(f"{name}.yaml", text)
        self.ok("lattice-mock", "mock.yaml")

    def ok(self, *arguments, ranks=1):
        code, output, messages = run(*arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), arguments)
        return output

    def phases(self):
        with h5py.File(self.folder / "out" / "phases.h5") as file:
            return ({name: file[name][:] for name in file if isinstance(file[name], h5py.Dataset)}, dict(file.attrs))

    def test_spread_over_starts_is_that_of_fits_with_other_seeds(self):
        """Three starts from seed 4 are the seeds 4, 5, 6; the best is the one with the lowest loss."""
        self.ok("lattice-fit", "fit.yaml", "--set", "fit={starts: 3, seed: 4}", ranks=2)
        output = self.ok("phase-shifts", "phases.yaml", ranks=2)
        together, attributes = self.phases()
        alone = []
        for seed in (4, 5, 6):
            self.ok("lattice-fit", "fit.yaml", "--set", f"fit={{starts: 1, seed: {seed}}}")
            with h5py.File(self.folder / "out" / "potential.h5") as file:
                loss = file["starts/loss"][0]
            self.ok("phase-shifts", "phases.yaml")
            alone.append((loss, *self.phases()))
        best = min(range(3), key=lambda i: alone[i][0])
        others = [alone[i] for i in range(3) if i != best]
        self.assertEqual(attributes["other_starts"], 2)
        np.testing.assert_array_equal(together["delta_rad"], alone[best][1]["delta_rad"])
        for name in ("a0_fm", "r_eff_fm"):
            expected = np.sqrt(np.mean([(o[2][name] - alone[best][2][name]) ** 2 for o in others]))
            np.testing.assert_allclose(attributes[f"{name}_starts"], expected, rtol=1e-9)
        expected = np.sqrt(np.mean([(o[1]["delta_rad"] - alone[best][1]["delta_rad"]) ** 2 for o in others], axis=0))
        np.testing.assert_allclose(together["delta_rad_starts"], expected, rtol=1e-9)
        self.assertIn("(samples) +- ", output)
        self.assertIn("(starts) fm", output)

    def test_a_kernel_is_compared_with_what_it_does_to_the_waves(self):
        self.ok("lattice-fit", "fit.yaml", "--set",
                "network={latent: 2, widths_f: [16], widths_g: [64], widths_local: []}")
        output = self.ok("phase-shifts", "phases.yaml")
        columns, attributes = self.phases()
        self.assertIn("V_eff, what the kernel does to the waves of the fit: a0 = ", output)
        difference = np.remainder(columns["delta_rad"] - columns["delta_V_eff_rad"] + np.pi / 2, np.pi) - np.pi / 2
        np.testing.assert_allclose(columns["delta_minus_V_eff_rad"], difference, atol=1e-12)
        error = np.hypot(columns["delta_rad_error"], columns["delta_rad_starts"])
        agree = np.abs(difference) <= error
        count = len(agree) if agree.all() else int(np.argmin(agree))
        self.assertEqual(attributes["momenta_that_agree"], count)
        said = ("NOT DETERMINED by the data" if count == 0 else "agree within errors at all momenta"
                if count == len(agree) else f"up to k_star_MeV = {columns['k_star_MeV'][count - 1]:g}")
        self.assertIn(said, output)
        table = np.genfromtxt(self.folder / "out" / "phases.csv", delimiter=",", names=True)
        np.testing.assert_array_equal(table["agree"], [1] * count + [0] * (len(agree) - count))

    def test_charges_act_in_all_that_is_compared(self):
        """A kernel under so strong a penalty that it does nothing: with charges, smeared or not, V_eff and the other
        starts predict what the fit does; without charges all is another number."""
        self.ok("lattice-fit", "fit.yaml", "--set", "network.penalty=1e12")
        self.ok("phase-shifts", "phases.yaml")
        neutral, starts = (self.phases()[0][name] for name in ("delta_rad", "delta_rad_starts"))
        for charges in ("charge_product: -1", "charge_product: 2, charge_radius_fm: 0.8"):
            self.write("charged.yaml", f"pair: {{name: AB, {charges}}}\n" + PHASES)
            self.ok("phase-shifts", "charged.yaml")
            columns, attributes = self.phases()
            apart = np.abs(columns["delta_rad"] - neutral).max()
            self.assertGreater(apart, 1e-2)
            self.assertLess(np.abs(columns["delta_minus_V_eff_rad"]).max(), 1e-3 * apart)
            self.assertLess(columns["delta_rad_starts"].max(), 3 * starts.max())  # the same fits as without charges
            self.assertAlmostEqual(attributes["a0_fm_V_eff"] / attributes["a0_fm"], 1, places=3)

    def test_v_eff_of_a_fit_without_kernel_is_its_potential(self):
        """Nothing to compare: no column of V_eff, and the phase shifts are those of the table of V."""
        self.ok("lattice-fit", "fit.yaml", "--set", "network={latent: 0, widths_local: [32]}")
        output = self.ok("phase-shifts", "phases.yaml")
        self.assertNotIn("V_eff", output)
        columns, attributes = self.phases()
        self.assertNotIn("delta_V_eff_rad", columns)
        with h5py.File(self.folder / "out" / "potential.h5") as file:
            r, v = file["r"][:], file["V"][:]
        (self.folder / "v.csv").write_text(
            "r_fm,V_MeV\n" + "".join(f"{x:.15g},{y:.15g}\n" for x, y in zip([*r, 1.6], [*v, 0.0])))
        mass = 938.27 * 1672.45 / (938.27 + 1672.45)
        self.write("table.yaml", f"pair: {{name: AB, mass1_MeV: {2 * mass}, mass2_MeV: {2 * mass}}}\n"
                   "potential: {form: tabulated, file: v.csv}\n" + PHASES.split("\n", 1)[1])
        self.ok("phase-shifts", "table.yaml")
        # The spline between 28 sites is not the network.
        self.assertLess(abs(self.phases()[1]["a0_fm"] / attributes["a0_fm"] - 1), 0.05)

    def test_a_potential_may_end_at_its_cut(self):
        """Without a taper V jumps there; the phase shifts are those of its table up to the jump."""
        self.ok("lattice-fit", "fit.yaml", "--set",
                "network={latent: 1, widths_f: [4], widths_g: [12], asymptotics: penalty, penalty_from_fm: 1.2}")
        self.ok("phase-shifts", "phases.yaml")
        with_kernel, attributes = self.phases()
        self.assertLess(np.abs(with_kernel["delta_minus_V_eff_rad"]).max(), 0.1)
        self.assertTrue(np.isfinite(attributes["a0_fm_error"]))

    def test_without_samples_nothing_is_judged(self):
        self.ok("lattice-fit", "fit.yaml", "--set", "fit={samples: false, starts: 1}")
        output = self.ok("phase-shifts", "phases.yaml")
        self.assertIn("without samples nothing says whether that is much", output)
        self.assertNotIn("NOT DETERMINED", output)

    def test_forms_of_lattice_potential_have_errors(self):
        """Each sample by itself, through the parameters in the file; the jackknife error written out."""
        output = self.ok("lattice-potential", "form.yaml", ranks=2)
        self.assertIn("fit at t = 5 of sum_of_gaussians", output)
        self.assertIn("fit at t = 6 of sum_of_gaussians", output)
        phases = PHASES.split("\n", 1)[1]
        found = {}
        for t in (5, 6):
            self.write("form_phases.yaml", f"interaction: {{form: lattice_potential, file: out/form.h5, time: {t}}}\n"
                       + phases)
            for ranks in (1, 3):
                self.ok("phase-shifts", "form_phases.yaml", ranks=ranks)
            found[t] = self.phases()[1]
        self.assertNotEqual(found[5]["a0_fm"], found[6]["a0_fm"])
        with h5py.File(self.folder / "out" / "form.h5") as file:
            samples = file["fit_t5/samples"][:]
            self.assertEqual(list(file["fit_t5/samples"].attrs["names"]),
                             ["ranges_fm[0]", "ranges_fm[1]", "strengths_MeV[0]", "strengths_MeV[1]"])
        a0 = []
        for d1, d2, c1, c2 in samples:
            self.write("one.yaml", "pair: {name: AB, mass1_MeV: 938.27, mass2_MeV: 1672.45}\n"
                       f"potential: {{form: sum_of_gaussians, strengths_MeV: [{c1:.17g}, {c2:.17g}], "
                       f"ranges_fm: [{d1:.17g}, {d2:.17g}]}}\n" + phases)
            self.ok("phase-shifts", "one.yaml")
            a0.append(self.phases()[1]["a0_fm"])
        a0 = np.array(a0)
        error = np.sqrt((len(a0) - 1) / len(a0) * np.sum((a0 - a0.mean()) ** 2))
        np.testing.assert_allclose(found[5]["a0_fm_error"], error, rtol=1e-5)

        for wrong, part in (("file: out/form.h5", "has fits to t = 5, 6; say which by interaction.time"),
                            ("file: out/form.h5, time: 7", "has no fit to t = 7, but to 5, 6"),
                            ("file: out/correlator.h5", "a lattice_potential file is needed"),
                            ("file: out/none.h5", "cannot be opened")):
            self.write("wrong.yaml", f"interaction: {{form: lattice_potential, {wrong}}}\n" + phases)
            for ranks in (1, 2):
                code, _, messages = run("phase-shifts", "wrong.yaml", ranks=ranks, cwd=self.folder)
                self.assertEqual((code, len(messages)), (2, 1), messages)
                self.assertIn(part, messages[0])


if __name__ == "__main__":
    main()
