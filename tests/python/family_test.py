"""`Family` has the priors, draws and correlation functions of `generate`."""

import math

import numpy as np

import hadronforce
from inside import Inside
from program import SOURCE, main, run

PRIORS = """pair:      {name: a-b, mass1_MeV: 938, mass2_MeV: 1100}
potential: {form: sum_of_gaussians, strengths_MeV: [{normal: [-20, 3]}, 50], ranges_fm: [{uniform: [1, 2]}, 0.4]}
source:    {form: gaussian, r0_fm: {log_uniform: [0.8, 2]}}
momentum:  {k_min_MeV: 0, k_max_MeV: 240, points: 12, placement: bin_averages}
"""
DATASET = "dataset: {file: out/d.h5, samples: 20, seed: 7, curves: [delta_rad]}\n"


class Family(Inside):
    def generated(self, text):
        code, _, messages = run("generate", self.write("config.yaml", text))
        self.assertEqual((code, messages), (0, []))
        file = hadronforce.read("out/d.h5")
        self.addCleanup(file.close)
        return file

    def test_draws_are_the_datasets_to_the_bit(self):
        file = self.generated(PRIORS + DATASET)
        for text in (PRIORS, PRIORS + DATASET):
            family = hadronforce.Family(text)
            self.assertEqual(family.names, tuple(file.of("parameters")["names"]))
            self.assertEqual(", ".join(family.units), file.of("parameters")["unit"])
            self.assertEqual(list(family.quantity_units), file.of("observables")["names"])
            self.assertEqual(family.quantity_units["a0_fm"], "fm")
            np.testing.assert_array_equal(family.k_star_MeV, file.k_star_MeV)
            np.testing.assert_array_equal([family.draw(7, i) for i in range(20)], file.parameters)
            # What the solver has learned on the way moves averages within the tolerance of 1e-6.
            for x, c, numbers in zip(file.parameters, file.correlation, file.observables):
                np.testing.assert_allclose(family.correlation(x), c, rtol=0, atol=1e-7)
                np.testing.assert_allclose(list(family.quantities(x).values()), numbers, rtol=1e-6)
        coupled = hadronforce.Family(SOURCE / "configs/coupled_generate.yaml")
        self.assertEqual((len(coupled.names), len(coupled.correlation(coupled.draw(1, 0)))), (4, 49))

    def test_priors_are_closed_forms(self):
        family = hadronforce.Family(PRIORS)
        strength, length, radius = (family.names.index(name) for name in (
            "potential.strengths_MeV[0]", "potential.ranges_fm[0]", "source.r0_fm"))
        x = family.prior([0.5, 0.5, 0.5])
        np.testing.assert_allclose(x[[strength, length, radius]], [-20, 1.5, math.sqrt(0.8 * 2)], rtol=1e-14)
        x[strength] = -26
        self.assertAlmostEqual(family.log_prior(x), -2 - math.log(3 * math.sqrt(2 * math.pi)) - math.log(1) -
                               math.log(x[radius] * math.log(2.5)), places=12)
        for which, value in ((length, 2.01), (length, 0.99), (radius, 0.79), (radius, -1)):
            outside = x.copy()
            outside[which] = value
            self.assertEqual(family.log_prior(outside), -math.inf)
        for corner in (np.zeros(3), np.ones(3)):
            self.assertTrue(np.isfinite(family.prior(corner)).all())
            self.assertTrue(np.isfinite(family.log_prior(family.prior(corner))))

    def test_what_is_refused(self):
        family = hadronforce.Family(PRIORS)
        for call, message in ((lambda: family.prior([0.5, 0.5, 1.1]), "outside the unit cube"),
                              (lambda: family.prior([0.5, 0.5]), "2 numbers are given, 3 needed"),
                              (lambda: family.log_prior([1, 2, math.inf]), "finite number"),
                              (lambda: family.correlation([-20, 1.5, -1]), "r0_fm = -1"),
                              (lambda: family.draw(-1, 0), "at least 0"), (lambda: family.draw(1, -1), "at least 0"),
                              (lambda: hadronforce.Family(PRIORS + "fit: {}\n"), "fit is not a known key"),
                              (lambda: hadronforce.Family(PRIORS + "dataset: {parameters_from: a.csv}\n"), "priors"),
                              (lambda: hadronforce.Family(SOURCE / "configs/n_omega_solve.yaml", {"output": {}}),
                               "output"),
                              (lambda: hadronforce.Family({**FIXED}), "all numbers are fixed")):
            with self.subTest(message), self.refused(hadronforce.InputError, message):
                call()


FIXED = {"pair": {"mass1_MeV": 938, "mass2_MeV": 1100}, "source": {"form": "gaussian", "r0_fm": 1.0},
         "potential": {"form": "square_well", "depth_MeV": 10, "radius_fm": 1},
         "momentum": {"k_min_MeV": 1, "k_max_MeV": 10, "points": 2}}

if __name__ == "__main__":
    main()
