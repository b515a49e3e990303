"""A Gaussian momentum resolution, and a baseline with a shape from a file, in generate and fit."""

import unittest

import h5py
import numpy as np

from fermion_fits import HBAR_C, TRUTH, OfFermions, fermions
from program import main, run

PAIR = ("pair: {name: fermions, mass1_MeV: 938, mass2_MeV: 938}\n"
        "channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]\n")
BINS = "momentum: {k_min_MeV: 0, k_max_MeV: 120, points: 20, placement: bin_averages}\n"
TRUE_R0 = 1.3


def averaged(low, high, curve):
    """Over bins with the weight k^2, by Gauss's rule."""
    x, w = np.polynomial.legendre.leggauss(40)
    k = 0.5 * (low + high)[:, None] + 0.5 * (high - low)[:, None] * x
    return np.sum(w * k**2 * curve(k), axis=1) / np.sum(w * k**2, axis=1)


def smeared(k, r0, sigma):
    """Two free fermions, C = 1 - exp(-k^2/(2 a^2))/2, whose momenta are smeared in three dimensions: Gaussians in phase
    space add in quadrature."""
    a2 = (HBAR_C / r0) ** 2 / 8
    wide2 = a2 + sigma**2
    return 1 - 0.5 * (a2 / wide2) ** 1.5 * np.exp(-k**2 / (2 * wide2))


class ResolutionAndBaseline(OfFermions):
    def generated(self, more, ranks=1):
        (self.folder / "out" / "d.h5").unlink(missing_ok=True)
        code, _, messages = run("generate", self.write("config.yaml", PAIR + BINS + more +
                                                       "dataset: {file: out/d.h5, samples: 12}\n"),
                                ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), more)
        with h5py.File(self.folder / "out" / "d.h5") as file:
            return file["parameters"][:], file["correlation"][:]

    def test_samples_are_smeared_in_closed_form(self):
        low = np.arange(0, 120, 6.0)
        for sigma in (0.5, 4):
            more = f"source: {{form: gaussian, r0_fm: {{uniform: [1, 2]}}}}\nresolution: {{sigma_MeV: {sigma}}}\n"
            parameters, c = self.generated(more)
            for r0, row in zip(parameters[:, 0], c):
                np.testing.assert_allclose(row, averaged(low, low + 6, lambda k: smeared(k, r0, sigma)), atol=2e-6)
            for ranks in (2, 3):
                np.testing.assert_array_equal(self.generated(more, ranks)[1], c)

    def test_a_fit_finds_the_radius_behind_the_resolution(self):
        exact = averaged(self.low, self.high, lambda k: smeared(k, TRUE_R0, 5.0))
        self.write_data("data.csv", exact)
        text = ("data: {file: data.csv}\n" + PAIR + "source: {form: gaussian, r0_fm: {start: 1, min: 0.5, max: 3}}\n"
                "resolution: {sigma_MeV: 5}\noutput: {file: out/fit.h5}\n")
        self.fit(text, ranks=2)
        self.assertAlmostEqual(self.result()["values"]["source.r0_fm"], TRUE_R0, 4)
        self.fit(text.replace("resolution: {sigma_MeV: 5}\n", ""))  # without it another one
        self.assertGreater(abs(self.result()["values"]["source.r0_fm"] - TRUE_R0), 0.004)
        # Points instead of bins.
        k = np.arange(3, 200, 6.0)
        self.write("data.csv", "k_star,C,err\n" + "".join(f"{x},{c:.12g},0.004\n"
                                                          for x, c in zip(k, smeared(k, TRUE_R0, 5.0))))
        self.fit(text)
        self.assertAlmostEqual(self.result()["values"]["source.r0_fm"], TRUE_R0, 4)

    def test_a_template_that_is_a_line_is_the_polynomial(self):
        """T = 1 + k/(GeV/c): its scale is linear_per_GeV."""
        self.write("line.csv", "k_star_MeV,value\n0,1\n100,1.1\n300,1.3\n")
        source = "source: {form: gaussian, r0_fm: {uniform: [1, 2]}}\n"
        _, expected = self.generated(source + "baseline: {linear_per_GeV: -0.4, quadratic_per_GeV2: 2}\n")
        _, found = self.generated(source + "baseline: {linear_per_GeV: -0.1, quadratic_per_GeV2: 2, template: "
                                  "{file: line.csv, scale: -0.3}}\n")
        np.testing.assert_allclose(found, expected, rtol=1e-9)

    def test_a_fit_finds_the_scale_of_a_template(self):
        bump = lambda k: 1 + 0.1 * np.maximum(0, 1 - np.abs(k - 60) / 40)  # kinks at 20, 60 and 100
        self.write("bump.csv", "k_star_MeV,value\n20,1\n60,1.1\n100,1\n240,1\n")
        baseline = averaged(self.low, self.high, lambda k: 1 + 0.8 * (bump(k) - 1))
        truth = {**TRUTH, "lambda": 1.0, "normalisation": 1.0, "baseline.linear_per_GeV": 0.0}
        self.write_data("data.csv", fermions(self.low, self.high, truth) * baseline)
        self.fit("data: {file: data.csv}\n" + PAIR + "source: {form: gaussian, r0_fm: {start: 1, min: 0.5, max: 3}}\n"
                 "baseline: {template: {file: bump.csv, scale: {start: 0.1}}}\noutput: {file: out/fit.h5}\n", ranks=2)
        values = self.result()["values"]
        self.assertAlmostEqual(values["baseline.template.scale"], 0.8, 3)
        self.assertAlmostEqual(values["source.r0_fm"], TRUTH["source.r0_fm"], 3)

    def test_refusals(self):
        self.write("short.csv", "k_star_MeV,value\n0,1\n50,1\n100,1\n")
        self.write("back.csv", "k_star_MeV,value\n0,1\n50,1\n40,1\n")
        self.write("low.csv", "k_star_MeV,value\n0,-20\n300,1\n")
        text = ("data: {file: data.csv}\n" + PAIR + "source: {form: gaussian, r0_fm: {start: 1, min: 0.5, max: 3}}\n"
                "output: {file: out/fit.h5}\n")
        for more, message in (
                ("resolution: {sigma_MeV: 0}", "config.yaml:6: resolution.sigma_MeV is '0'; it must lie between"),
                ("resolution: {sigma_MeV: {start: 3}}", "resolution.sigma_MeV is a parameter; the resolution is"),
                ("resolution: {sigma_MeV: 3, file: a.csv}", "resolution.sigma_MeV stands beside file"),
                ("resolution: {sigma: 3}", "resolution.file is missing"),
                ("resolution: {sigma_MeV: 3, normalise: true}", "resolution.normalise is not a known key"),
                ("baseline: {template: {file: short.csv}}", "template.file ends at 100 MeV/c, the data at 240"),
                ("baseline: {template: {file: back.csv}}", "back.csv:4: k* must increase"),
                ("baseline: {template: {file: data.csv}}", "k_star_MeV"),
                ("baseline: {template: {file: low.csv}}", "baseline comes to -20 at k* = 0 MeV/c"),
                ("baseline: {template: {scale: 2}}", "baseline.template.file is missing"),
                ("bins: {weight_file: low.csv}", "weight")):
            self.refuse(text + more + "\n", message)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
