"""lattice-budget: many fits of one correlator, their averages, and where errors come from."""

import itertools
import math
import signal
import subprocess
import time
import unittest

import h5py
import numpy as np

from fit_configs import FIT, MOCK, PHASES
from program import PROGRAM, SOURCE, InFolder, main, run

BUDGET = """data:    {file: out/correlator.h5, times: [5, 6, 7], cut_fm: 1.6}
network: {latent: 1, widths_f: [4], widths_g: [12], widths_local: [16]}
fit:     {starts: 2}
variations:
  cut:     [{data: {cut_fm: 1.3}}, {data: {cut_fm: 1.9}}]
  network: [{network: {latent: 0}}]
momentum: {k_min_MeV: 10, k_max_MeV: 200, points: 5, placement: end_points}
radii:    {points: 7}
output:   {file: out/budget.h5, table: out/budget.csv}
"""


def shapley(weights, choices, values):
    """Shares of the variance of models, over all orders of the factors, written out; factors x quantities."""
    factors = choices.shape[1]

    def variance(known):
        groups = {}
        for weight, choice, value in zip(weights, choices, values):
            groups.setdefault(tuple(choice[list(known)]), []).append((weight, value))
        mean = weights @ values
        return sum(sum(w for w, _ in group) * (sum(w * v for w, v in group) / sum(w for w, _ in group) - mean) ** 2
                   for group in groups.values())

    orders = list(itertools.permutations(range(factors)))
    shares = np.zeros((factors, values.shape[1]))
    for order in orders:
        for i, factor in enumerate(order):
            shares[factor] += (variance(order[:i + 1]) - variance(order[:i])) / len(orders)
    return shares


class LatticeBudget(InFolder):
    def setUp(self):
        super().setUp()
        for name, text in (("mock", MOCK), ("fit", FIT), ("phases", PHASES), ("budget", BUDGET)):
            self.write(f"{name}.yaml", text)
        self.done("lattice-mock", "mock.yaml")

    def done(self, *arguments, ranks=1):
        code, output, messages = run(*arguments, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), arguments)
        return output

    def results(self):
        found = {}
        with h5py.File(self.folder / "out" / "budget.h5") as file:
            file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset)
                            else None)
        return found

    def test_averages_and_parts_follow_from_the_models(self):
        output = self.done("lattice-budget", "budget.yaml")
        found = self.results()
        misfit = max(1.0, np.min(found["models/chi2"] / found["models/expected_chi2"]))
        with h5py.File(self.folder / "out" / "budget.h5") as file:
            self.assertAlmostEqual(file.attrs["misfit"], misfit, 12)
        aic = found["models/chi2"] / misfit + 2 * found["models/parameters"] - 2 * found["models/points"]
        weights = np.exp(-0.5 * (aic - aic.min()))
        weights /= weights.sum()
        np.testing.assert_allclose(found["models/weight"], weights, rtol=1e-9)
        names = ["a0_fm", "inverse_a0_per_fm", "r_eff_fm", "delta_rad"]
        values = np.hstack([found[f"models/{name}"] for name in names])
        samples = found["models/samples"][:, :, [0, 1, 2, 4, 5, 6, 7, 8]]
        choices = found["models/choices"].astype(int)
        self.assertEqual(choices.tolist(), [[i, j] for i in range(3) for j in range(2)])
        row = lambda suffix: np.concatenate([found[name + suffix].ravel() for name in names])
        np.testing.assert_allclose(row(""), weights @ values, rtol=1e-9)
        deviations = samples - samples.mean(axis=1, keepdims=True)
        n = samples.shape[1]
        self.assertEqual(n, 6)
        average = np.tensordot(weights, deviations, 1)
        statistical = np.sqrt((n - 1) / n * np.sum(average ** 2, axis=0))
        np.testing.assert_allclose(row("_statistical"), statistical, rtol=1e-8)
        spread = shapley(weights, choices, values)
        noise = (n - 1) / n * sum(shapley(weights, choices, deviations[:, s]) for s in range(n))
        stacked = lambda suffix: np.hstack([found[name + suffix] for name in names])
        np.testing.assert_allclose(stacked("_spread") ** 2, spread, rtol=1e-7, atol=1e-12 * spread.max())
        systematic = np.maximum(spread - noise, 0)
        np.testing.assert_allclose(stacked("_systematic") ** 2, systematic, rtol=1e-5, atol=1e-10 * spread.max())
        total = np.sqrt(statistical ** 2 + systematic.sum(axis=0) + row("_starts") ** 2)
        np.testing.assert_allclose(row("_total"), total, rtol=1e-7)
        self.assertTrue((row("_starts") > 0).all())
        self.assertIn("a0 = ", output)
        table = np.genfromtxt(self.folder / "out" / "budget.csv", delimiter=",", names=True, dtype=None, encoding=None)
        np.testing.assert_allclose(table["value"][table["quantity"] == "delta_rad"], found["delta_rad"], rtol=1e-10)
        np.testing.assert_allclose(table["cut"][0], found["a0_fm_systematic"][0, 0], rtol=1e-5)
        picture = self.folder / "budget.png"
        subprocess.run(["/usr/bin/python3", SOURCE / "tools" / "plot.py", "budget", self.folder / "out" / "budget.h5",
                        "-o", picture], check=True)
        self.assertGreater(picture.stat().st_size, 5000)

    def test_a_model_is_the_fit_with_its_choices(self):
        self.done("lattice-budget", "budget.yaml", "--set", "budget.weights=equal", "--set", "fit.starts=1")
        found = self.results()
        np.testing.assert_array_equal(found["a0_fm_starts"], 0)
        np.testing.assert_allclose(found["models/weight"], 1 / 6, rtol=1e-14)
        for model, settings in ((0, []), (3, ["--set", "data.cut_fm=1.3", "--set", "network.latent=0"])):
            self.done("lattice-fit", "fit.yaml", "--set", "fit.starts=1", *settings)
            self.done("phase-shifts", "phases.yaml", "--set", "momentum.points=5")
            with h5py.File(self.folder / "out" / "phases.h5") as file:
                for name in ("a0_fm", "r_eff_fm"):
                    np.testing.assert_allclose(found[f"models/{name}"][model], file.attrs[name], rtol=1e-9)
                    np.testing.assert_allclose(found[f"models/{name}_error"][model], file.attrs[f"{name}_error"],
                                               rtol=1e-6)
                np.testing.assert_allclose(found["models/delta_rad"][model], file["delta_rad"][:], rtol=1e-9)

    def test_a_model_is_the_mean_over_its_starts(self):
        """Each start by itself, as fits with one start and its seed; weights exp(-loss/2)."""
        self.write("budget.yaml", BUDGET.split("variations")[0] + "momentum" + BUDGET.split("momentum")[1])
        self.done("lattice-budget", "budget.yaml", "--set", "fit={starts: 3, seed: 4}")
        found = self.results()
        loss, a0 = [], []
        for seed in (4, 5, 6):
            self.done("lattice-fit", "fit.yaml", "--set", f"fit={{starts: 1, seed: {seed}, samples: false}}")
            self.done("phase-shifts", "phases.yaml")
            with h5py.File(self.folder / "out" / "potential.h5") as file:
                loss.append(file["starts/loss"][0])
            with h5py.File(self.folder / "out" / "phases.h5") as file:
                a0.append(file.attrs["a0_fm"])
        cut = 1.6 / (197.3269804 / 700)
        points = 3 * sum(math.hypot(x, y, z) < cut for x in range(7) for y in range(x + 1) for z in range(y + 1))
        independent = found["models/points"][0] / points
        weights = np.exp(-0.5 * independent * (np.array(loss) - min(loss)))
        weights /= weights.sum()
        mean = weights @ a0
        np.testing.assert_allclose(found["a0_fm"], mean, rtol=1e-9)
        variance = weights @ (np.array(a0) - mean) ** 2 / max(1 / np.sum(weights ** 2) - 1, 1)
        np.testing.assert_allclose(found["a0_fm_starts"], np.sqrt(variance), rtol=1e-6)

    def test_no_bit_depends_on_ranks_or_on_being_killed(self):
        self.done("lattice-budget", "budget.yaml")
        whole = self.results()
        for ranks in (2, 3):
            self.done("lattice-budget", "budget.yaml", ranks=ranks)
            self.same(whole, f"{ranks} ranks")
        checkpoint = self.folder / "out" / "budget.h5.checkpoint"
        for number, end in ((signal.SIGKILL, -9), (signal.SIGTERM, 75)):
            (self.folder / "out" / "budget.h5").unlink()
            process = subprocess.Popen([PROGRAM, "lattice-budget", "budget.yaml"], cwd=self.folder,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            while not checkpoint.exists() and process.poll() is None:
                time.sleep(0.002)
            process.send_signal(number)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, end)
            self.assertFalse((self.folder / "out" / "budget.h5").exists())
            code, _, messages = run("lattice-budget", "budget.yaml", "--resume", "--set", "data.cut_fm=1.7",
                                    cwd=self.folder)
            self.assertEqual((code, len(messages)), (2, 1))
            self.assertIn("data.cut_fm was 1.6 and is 1.7", messages[0])
            self.done("lattice-budget", "budget.yaml", "--resume", ranks=2)
            self.same(whole, f"after signal {number}")
            self.assertFalse(checkpoint.exists())

    def same(self, whole, what):
        found = self.results()
        self.assertEqual(found.keys(), whole.keys())
        for name, values in whole.items():
            np.testing.assert_array_equal(found[name], values, err_msg=f"{name}: {what}")

    def test_what_is_wrong_is_named(self):
        for setting, message in (
                ("variations.cut=[]", "variations.cut is empty; list what to vary"),
                ("variations.cut=3", "variations.cut is '3'; it must be a list of mappings"),
                ("variations.total=[{data: {cut_fm: 1.3}}]", "variations.total is a column of every budget already"),
                ("variations={\"a,b\": [{data: {cut_fm: 1.3}}]}", "names a column of tables; use at most 40 letters"),
                ("variations.cut=[{output: {file: a}}]", "varies nothing; it must be one of data, network, fit"),
                ("variations.cut=[{data: {cut: 1.3}}]", "data.cut is not a known key; did you mean cut_fm?"),
                ("variations.up=[{data: {cut_fm: 1.3}}]", "variations.up is a column of every budget already"),
                ("variations.cut=[{}]", "variations.cut changes nothing, or the same as another (with {})"),
                ("variations.cut=[{data: {cut_fm: 1.3}}, {data: {cut_fm: 1.30}}]",
                 "--set variations.cut: variations.cut changes nothing, or the same as another"),
                ("fit.goal=1e-3", "fit.goal is for data without errors"),
                ("fit.l2=0", "fit.l2 is '0'; it must be positive"),
                ("budget.bin_width_fm=1", "budget.bin_width_fm is more than half the cut"),
                ("momentum.k_max_MeV=3000", "momentum reaches 3000 MeV/c, beyond pi/a = 2199 MeV/c"),
                ("variations.cut=[{data: {cut_fm: 0.3}}]", "is less than two lattice spacings"),
                ("variations.cut=[{data: {cut_fm: }}]", "data.cut_fm is missing; it must be a number (with "),
                ("variations.cut=[{data: {cut_fm: 90}}]", "the cut of 90 fm lies beyond the farthest site"),
                ("variations.cut=[{data: {times: [4, 5]}}]", "lacks t = 3, which derivatives at t = 4 need"),
                ("variations.cut=[{data: {weights: norm}}]", "data.weights must be inverse_variance"),
                ("variations.cut=[{data: {file: other.h5}}]", "data.file must be the same for all"),
                ("variations.cut=[{network: {latent: 2}}]", "network.latent is varied by"),
                ("fit.samples=false", "fit.samples must be true; a budget needs errors"),
                ("radii.r_max_fm=0.05", "radii.r_max_fm leaves no radii"),
                ("momentum.k_max_MeV=5", "momentum.k_max_MeV"),
                ("budget.weights=best", "must be one of")):
            with self.subTest(setting=setting):
                code, output, messages = run("lattice-budget", "budget.yaml", f"--set={setting}", cwd=self.folder)
                self.assertEqual((code, output, len(messages)), (2, "", 1), messages)  # before any work
                self.assertIn(message, messages[0])
        self.done("lattice-mock", "mock.yaml", "--set", "resampling.bin_size=4")
        code, _, messages = run("lattice-budget", "budget.yaml", cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1))
        self.assertIn("has 3 bins and 3 samples; a budget needs at least 4", messages[0])
        self.done("lattice-mock", "mock.yaml", "--set", "resampling={kind: bootstrap, samples: 11, bin_size: 2}")
        code, _, messages = run("lattice-budget", "budget.yaml", cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1))
        self.assertIn("budget.yaml:1: data.file has 11 bootstrap samples of 6 bins", messages[0])
        self.done("lattice-mock", "mock.yaml", "--set", "resampling={kind: bootstrap, samples: 20, bin_size: 2}")
        with h5py.File(self.folder / "out" / "correlator.h5", "r+") as file:
            del file.attrs["bootstrap_seed"]
        code, _, messages = run("lattice-budget", "budget.yaml", cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1))
        self.assertIn("data.file has bootstrap samples without bootstrap_seed", messages[0])
        with h5py.File(self.folder / "out" / "correlator.h5", "r+") as file:
            file.attrs["bootstrap_seed"] = 2
        code, _, messages = run("lattice-budget", "budget.yaml", cwd=self.folder)
        self.assertEqual((code, len(messages)), (2, 1))
        self.assertIn("correlator.h5:/R: bootstrap samples are not those that bootstrap_seed draws", messages[0])

    def test_near_unitarity_the_inverse_of_a0_is_quoted(self):
        """a0 has both signs, and no bound state is in all samples. Phase shifts are absolute: averages of what the
        models have, on one branch for all momenta."""
        self.done("lattice-mock", "mock.yaml", "--set", "potential.strengths_MeV=[-145, 150]")
        output = self.done("lattice-budget", "budget.yaml", "--set", "budget.weights=equal")
        found = self.results()
        a0 = found["models/samples"][:, :, 0]
        self.assertTrue((a0 > 0).any() and (a0 < 0).any(), a0)
        self.assertIn("quote 1/a0", output)
        np.testing.assert_allclose(found["delta_rad"], found["models/weight"] @ found["models/delta_rad"], rtol=1e-9)
        np.testing.assert_allclose(found["inverse_a0_per_fm"][0],
                                   found["models/weight"] @ found["models/inverse_a0_per_fm"][:, 0], rtol=1e-9)

    def test_bootstrap_and_jackknife_are_of_one_ensemble(self):
        """Errors of both agree within what 200 draws scatter and a fit bends; independent points of a fit, which come
        from the bins behind the samples, agree better."""
        self.write("budget.yaml", BUDGET.replace("network: [{network: {latent: 0}}]", "").replace(
            "latent: 1", "latent: 0").replace("starts: 2", "starts: 1"))
        found = {}
        for name, resampling in (("jackknife", "{bin_size: 1}"),
                                 ("bootstrap", "{kind: bootstrap, samples: 200, bin_size: 1}")):
            self.done("lattice-mock", "mock.yaml", "--set", f"resampling={resampling}", "--set",
                      "noise.configurations=20")
            self.done("lattice-budget", "budget.yaml", ranks=2)
            found[name] = self.results()
            with h5py.File(self.folder / "out" / "budget.h5") as file:
                self.assertEqual(file.attrs["resampling"], name)
        draws = found["bootstrap"]["models/samples"]
        self.assertEqual(draws.shape[1], 200)
        deviations = draws - draws.mean(axis=1, keepdims=True)
        average = np.tensordot(found["bootstrap"]["models/weight"], deviations, 1)
        for name, column in (("a0_fm", 0), ("r_eff_fm", 2)):
            np.testing.assert_allclose(found["bootstrap"][f"{name}_statistical"][0],
                                       np.sqrt(np.sum(average[:, column] ** 2) / 199), rtol=1e-8)
            ratio = found["bootstrap"][f"{name}_statistical"] / found["jackknife"][f"{name}_statistical"]
            self.assertLess(abs(ratio[0] - 1), 0.25, (name, ratio))
        for name, tolerance in (("points", 0.02), ("parameters", 0.05), ("expected_chi2", 0.2), ("chi2", 0.1)):
            np.testing.assert_allclose(found["bootstrap"][f"models/{name}"], found["jackknife"][f"models/{name}"],
                                       rtol=tolerance, err_msg=name)

    def test_without_variations_it_is_one_fit(self):
        self.write("budget.yaml", BUDGET.split("variations")[0] + "momentum" + BUDGET.split("momentum")[1])
        output = self.done("lattice-budget", "budget.yaml")
        found = self.results()
        self.assertIn("1 model of out/correlator.h5", output)
        self.assertEqual(found["models/weight"].tolist(), [1.0])
        self.assertNotIn("a0_fm_systematic", found)
        self.assertTrue(math.isclose(found["a0_fm_total"][0],
                                     math.hypot(found["a0_fm_statistical"][0], found["a0_fm_starts"][0])))


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
