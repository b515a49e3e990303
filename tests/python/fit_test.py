"""`Fit` has the chi2 that `fit` minimises: at the program's best fit, and where scipy finds its own."""

import math
import multiprocessing
import os
import pathlib
import pickle

import numpy as np

import hadronforce
from fermion_fits import FERMIONS, TRUTH, OfFermions, fermions
from inside import Inside
from program import SOURCE, main, run

try:
    import scipy.optimize
except ImportError:
    scipy = None

PP_DATA = (pathlib.Path(os.environ.get("HADRONFORCE_SHARED_DATA", "nowhere")) / "measured" /
           "pp_13TeV_MB_Ck_reweighted.csv").absolute()
JOINT = """parameters: {core: {normal: [1.4, 0.02], unit: fm}}
pair: {name: fermions, mass1_MeV: 938, mass2_MeV: 938}
channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]
lambda: {start: 0.7, min: 0, max: 1}
measurements:
  low:  {data: {file: data.csv, correlated: {norm: {relative: 0.01}}}, source: {form: gaussian, r0_fm: {formula: core}}}
  high: {data: {file: data.csv, k_min_MeV: 60, correlated: {norm: {relative: 0.01}}},
         source: {form: gaussian, r0_fm: {formula: 0.9 * core}}}
"""
likelihood = None  # of the processes of a pool


def log_likelihood(x):
    return likelihood.log_likelihood(x)


class Fit(Inside, OfFermions):
    def program(self, text):
        """Best fit of the program, as the package reads it."""
        self.fit(text)
        file = hadronforce.read("out/fit.h5")
        self.addCleanup(file.close)
        return file

    def test_chi2_is_the_programs(self):
        fit = hadronforce.Fit(FERMIONS.replace("output: {file: out/fit.h5, table: out/fit.csv}\n", ""))
        self.assertEqual(fit.names, tuple(TRUTH))
        self.assertEqual(fit.units, ("fm", "1", "1", "c/GeV"))
        np.testing.assert_array_equal(fit.start, [1, 0.5, 1, 0])
        np.testing.assert_array_equal(fit.lower, [0.3, 0, -np.inf, -np.inf])
        np.testing.assert_array_equal(fit.upper, [5, 1, np.inf, np.inf])
        np.testing.assert_allclose(fit.data["data"].correlation, self.data, rtol=1e-11)
        np.testing.assert_allclose(fit.data["data"].error, self.error, rtol=1e-12)
        np.testing.assert_allclose(fit.data["data"].k_low_MeV, self.low)
        self.assertIsNone(fit.data["data"].covariance)
        file = self.program(FERMIONS)
        best = file["parameters/values"]
        self.assertEqual(tuple(file.of("parameters")["names"]), fit.names)
        self.assertLess(abs(fit.chi2(best) / file.attributes["chi2"] - 1), 1e-9)
        self.assertEqual(fit.log_likelihood(best), -0.5 * fit.chi2(best))
        self.assertAlmostEqual(fit.chi2(best), np.sum(fit.residuals(best)**2), places=9)
        np.testing.assert_allclose(fit.correlation(best)["data"], file["model/correlation"], rtol=1e-9)
        np.testing.assert_allclose(fit.residuals(best), -file["residuals"], atol=1e-9)
        # And that of a closed form, elsewhere too.
        for x in (best, [1.1, 0.6, 1.02, 0.1]):
            model = fermions(self.low, self.high, dict(zip(fit.names, x)))
            self.assertLess(abs(fit.chi2(x) - np.sum(((model - self.data) / self.error)**2)), 1e-2)

    def test_several_measurements_with_priors_and_common_errors(self):
        fit = hadronforce.Fit(JOINT)
        self.assertEqual(fit.names, ("core", "lambda", "shift of norm"))
        self.assertEqual(fit.units, ("fm", "1", "1"))
        self.assertEqual(list(fit.data), ["low", "high"])
        self.assertEqual([len(bins.correlation) for bins in fit.data.values()], [40, 30])
        file = self.program(JOINT + "output: {file: out/fit.h5}\nfit: {profile: false}\n")
        scanned = JOINT + "scan: [{over: lambda, from: 0.4, to: 0.8, points: 5}]\nvariations: [lambda=0.5]\n"
        self.assertEqual(hadronforce.Fit(scanned).chi2(fit.start), fit.chi2(fit.start))
        best = file["parameters/values"]
        self.assertLess(abs(fit.chi2(best) / file.attributes["chi2"] - 1), 1e-9)
        for name, model in fit.correlation(best).items():
            np.testing.assert_allclose(model, file[f"measurements/{name}/model/correlation"], rtol=1e-9)
        # The last residuals are those of what is known beforehand.
        np.testing.assert_allclose(fit.residuals([1.44, 0.7, 0.5])[-2:], [2, 0.5], rtol=1e-12)

    def test_other_processes_have_the_same(self):
        global likelihood
        likelihood = hadronforce.Fit(FERMIONS)
        points = [likelihood.start * (1 + 0.01 * n) for n in range(6)]
        here = [likelihood.log_likelihood(x) for x in points]
        again = pickle.loads(pickle.dumps(likelihood))
        self.assertEqual([again.log_likelihood(x) for x in points], here)
        with multiprocessing.get_context("fork").Pool(2) as pool:
            self.assertEqual(pool.map(log_likelihood, points), here)
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            self.assertEqual(pool.map(likelihood.log_likelihood, points), here)

    def test_what_is_refused(self):
        fit = hadronforce.Fit(FERMIONS)
        for x, message in (([1, 0.5, 1], "3 numbers are given, 4 needed: source.r0_fm, lambda"),
                           ([1, np.nan, 1, 0], "lambda = nan"), ([-1, 0.5, 1, 0], "r0_fm = -1 must be positive")):
            for call in (fit.residuals, fit.chi2, fit.correlation):
                with self.refused(hadronforce.InputError, message):
                    call(x)
        self.assertEqual(fit.log_likelihood([-1, 0.5, 1, 0]), -math.inf)
        with self.refused(hadronforce.InputError, "4 needed"):
            fit.log_likelihood([1])
        for x in ("here", None, [[1, 2], [3, 4]], 3.0, [[1, 2], [3]], {}):
            with self.assertRaises((TypeError, ValueError)):
                fit.chi2(x)
        for old, new, message in (("data.csv", "nowhere.csv", "nowhere.csv"), ("lambda:", "lamda:", "lambda"),
                                  ("start: 0.5", "start: 3", "between min and max"), ("data:", "dates:", "data")):
            with self.refused(hadronforce.InputError, message):
                hadronforce.Fit(FERMIONS.replace(old, new, 1))

    def test_scipy_finds_the_programs_fit_of_proton_pairs(self):
        if not PP_DATA.exists():
            self.skipTest(f"{PP_DATA} is not there")
        if scipy is None:
            self.skipTest("scipy is not there")
        text = (SOURCE / "configs/pp_fit.yaml").read_text().replace(
            "../shared/data/measured/pp_13TeV_MB_Ck_reweighted.csv", str(PP_DATA))
        fit = hadronforce.Fit(text)
        path = self.write("config.yaml", text)
        code, _, messages = run("fit", path, "--set", "output={file: out/fit.h5}", "--set", "fit.profile=false")
        self.assertEqual((code, messages), (0, []))
        with hadronforce.read("out/fit.h5") as file:
            best, errors, chi2 = file["parameters/values"], file["parameters/errors"], file.attributes["chi2"]
            covariance = file["parameters/covariance"]
        self.assertLess(abs(fit.chi2(best) / chi2 - 1), 1e-9)
        found = scipy.optimize.least_squares(fit.residuals, fit.start, bounds=(fit.lower, fit.upper), jac="3-point",
                                             x_scale=errors, diff_step=1e-4, xtol=1e-14, ftol=1e-14, gtol=1e-14)
        off = np.abs(found.x - best) / errors
        print(f"scipy: chi2 = {2 * found.cost:.9f}, program {chi2:.9f}, values off by {off.max():.1e} errors, "
              f"{found.nfev} steps")
        # chi2 is known to what the solver's tolerance of 1e-6 leaves, and is flat at the minimum: values differ by its
        # square root.
        self.assertLess(abs(2 * found.cost - chi2), 1e-6)
        self.assertLess(off.max(), 1e-3)
        np.testing.assert_allclose(np.linalg.inv(found.jac.T @ found.jac), covariance, rtol=1e-2)


if __name__ == "__main__":
    main()
