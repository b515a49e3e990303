"""lattice-mock: resampling, masses and dispersion of R(t, r) in a box."""

import h5py
import numpy as np

from fit_configs import MOCK
from program import InFolder, main, run

M1, M2, INVERSE_A = 938.27, 1672.45, 700.0  # MeV, as in MOCK


class LatticeMock(InFolder):
    def mock(self, *settings, ranks=1, config=MOCK):
        """R, ensemble_R and the attributes of the file."""
        self.write("mock.yaml", config)
        sets = [f"--set={setting}" for setting in settings]
        code, _, messages = run("lattice-mock", "mock.yaml", *sets, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []))
        with h5py.File(self.folder / "out" / "correlator.h5") as file:
            return file["R"][:], file["ensemble_R"][:], dict(file.attrs)

    def test_bootstrap_samples_of_any_number_of_ranks(self):
        settings = ("resampling={kind: bootstrap, bin_size: 2, samples: 200, seed: 5}",)
        R, mean, attributes = self.mock(*settings)
        self.assertEqual(R.shape[0], 200)
        for name, value in (("resampling", "bootstrap"), ("bin_size", 2), ("bootstrap_samples", 200)):
            self.assertEqual(attributes[name], value)
        for ranks in (2, 3):
            np.testing.assert_array_equal(self.mock(*settings, ranks=ranks)[0], R)
        other = self.mock(settings[0].replace("seed: 5", "seed: 6"))
        self.assertTrue((other[0] != R).any())
        jackknife, same_mean, _ = self.mock()
        np.testing.assert_array_equal(same_mean, mean)
        # Of 6 bins a bootstrap error is sqrt(5/6) of the jackknife's, known here to 1/sqrt(2 200) = 5 %; 4 of that.
        errors = jackknife.std(axis=0) * np.sqrt(len(jackknife) - 1)
        np.testing.assert_allclose(R.std(axis=0, ddof=1) / errors, np.sqrt(5 / 6), rtol=0.2)

    def test_masses_and_decays_are_those_of_the_pair(self):
        """One state: R falls by exp(-dW), and both relations between dW and E meet for equal masses."""
        rates, masses = {}, {}
        for second in (M2, M1):
            for dispersion in ("relativistic", "nonrelativistic"):
                R, _, attributes = self.mock("correlator.states=2", "correlator.weights=[0, 1]", "noise.relative=0",
                                             "correlator.time_dependence=exact", f"pair.mass2_MeV={second}",
                                             f"correlator.dispersion={dispersion}")
                masses[second] = np.array([attributes["mass1_a"], attributes["mass2_a"]])
                rates[second, dispersion] = np.log(R[0, 0, 0] / R[0, 1, 0])
            np.testing.assert_allclose(masses[second] * INVERSE_A, [M1, second], rtol=1e-14)
        self.assertAlmostEqual(rates[M1, "relativistic"], rates[M1, "nonrelativistic"], delta=1e-12)
        m1, m2 = masses[M2]
        mu, D, dW = m1 * m2 / (m1 + m2), (m1 - m2) / (m1 + m2), rates[M2, "nonrelativistic"]
        k2 = 2 * mu * (dW + (1 + 3 * D * D) / (8 * mu) * dW * dW)
        expected = np.sqrt(m1**2 + k2) + np.sqrt(m2**2 + k2) - m1 - m2
        self.assertAlmostEqual(rates[M2, "relativistic"], expected, delta=1e-12)
        self.assertGreater(abs(rates[M2, "relativistic"] - dW), 1e-7)

    def test_masses_of_a_pair_beside_a_kernel(self):
        config = MOCK.replace("potential:  {form: sum_of_gaussians, strengths_MeV: [-80, 150], ranges_fm: [0.9, 0.4]}",
                              "interaction: {form: separable_exponential, omega_MeV_per_fm3: -90, mu_per_fm: 2}")
        attributes = self.mock(config=config)[2]
        np.testing.assert_allclose([attributes["mass1_a"] * INVERSE_A, attributes["mass2_a"] * INVERSE_A], [M1, M2],
                                   rtol=1e-14)


if __name__ == "__main__":
    main()
