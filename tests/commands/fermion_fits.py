"""Fits of two fermions without any force, whose C is known in closed form."""

import h5py
import numpy as np

from program import InFolder, run

HBAR_C = 197.3269804
SEED = 20240517

# Two spin-1/2 fermions without any force: C = 1 - exp(-(2 k r0)^2)/2 in closed form.
FERMIONS = """data: {file: data.csv}
pair: {name: fermions, mass1_MeV: 938, mass2_MeV: 938}
channels: [{weight: 0.25, symmetry: even}, {weight: 0.75, symmetry: odd}]
source: {form: gaussian, r0_fm: {start: 1.0, min: 0.3, max: 5}}
lambda: {start: 0.5, min: 0, max: 1}
normalisation: {start: 1}
baseline: {linear_per_GeV: {start: 0}}
output: {file: out/fit.h5, table: out/fit.csv}
"""
TRUTH = {"source.r0_fm": 1.3, "lambda": 0.8, "normalisation": 1.05, "baseline.linear_per_GeV": -0.2}


def fermions(low, high, p):
    """The bin's average, by 40 points of Gauss's rule with weight k^2."""
    x, w = np.polynomial.legendre.leggauss(40)
    k = 0.5 * (low + high)[:, None] + 0.5 * (high - low)[:, None] * x
    c = 1 - 0.5 * p["lambda"] * np.exp(-((2 * k * p["source.r0_fm"] / HBAR_C) ** 2))
    baseline = p["normalisation"] * (1 + p["baseline.linear_per_GeV"] * k / 1000)
    average = lambda f: np.sum(w * k**2 * f, axis=1) / np.sum(w * k**2, axis=1)
    return average(baseline) * average(c)


class OfFermions(InFolder):
    """Fits to pseudo-data in data.csv: `low`, `high`, `data` and `error` of its bins."""

    def setUp(self):
        super().setUp()
        self.low = np.arange(0, 240, 6.0)
        self.high = self.low + 6
        generator = np.random.default_rng(SEED)
        print("seed", SEED)
        self.error = np.full(len(self.low), 0.004)
        self.noise = generator.standard_normal(len(self.low))
        self.data = fermions(self.low, self.high, TRUTH) + self.error * self.noise
        self.write_data("data.csv", self.data)

    def write_data(self, name, data):
        rows = "".join(f"{a},{b},{c:.12g},{e:.12g}\n" for a, b, c, e in zip(self.low, self.high, data, self.error))
        self.write(name, "k_low,k_high,C,stat_err\n" + rows)

    def fit(self, text, *more, ranks=1):
        code, output, messages = run("fit", self.write("config.yaml", text), *more, ranks=ranks, cwd=self.folder)
        self.assertEqual((code, messages), (0, []), text)
        return output

    def result(self):
        with h5py.File(self.folder / "out/fit.h5") as file:
            group = file["parameters"]
            names = [n.decode() if isinstance(n, bytes) else n for n in group.attrs["names"]]
            content = {key: dict(zip(names, group[key][:])) for key in group
                       if isinstance(group[key], h5py.Dataset) and group[key].ndim == 1}
            content["covariance"] = group["covariance"][:]
            content["attributes"] = dict(file.attrs)
            content["model"] = file["model/correlation"][:]
            content["band"] = file["model/error"][:]
            content["residuals"] = file["residuals"][:]
        return content

    def refuse(self, text, *parts, more=(), ranks=(1, 2)):
        for n in ranks:
            with self.subTest(parts=parts, ranks=n):
                code, _, messages = run("fit", self.write("config.yaml", text), *more, ranks=n, cwd=self.folder)
                self.assertEqual((code, len(messages)), (2, 1), messages)
                for part in parts:
                    self.assertIn(part, messages[0])
