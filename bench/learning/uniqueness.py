#!/usr/bin/python3
"""Does C(k*) determine the parameters? What `predict`'s exact fits found, checked, in numbers and as a picture.

usage: uniqueness.py CONFIG PREDICTIONS [--picture FILE.png]

CONFIG is what `generate` drew the dataset from, PREDICTIONS what `predict` with `refine` wrote of it. Parameters are
compared in the priors' own coordinates, where each lies between 0 and 1. Here, and not by the program, are solved again
every potential that is said to have the C of a sample, and dC/d(coordinate) at the truth: its singular values against
the errors tell how many combinations of parameters C determines to a tenth of the priors.

Needs the Python package (built in build/*/python, on PYTHONPATH).
"""

import argparse

import hadronforce
import matplotlib
import yaml

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

DETERMINED = 0.1  # of the prior's width
DISTINCT = 0.05   # of the prior's width
HBAR_C_MEV_FM = 197.3269804
TOLERANCE = "solver.tolerance=1.0e-9"


class Curves:
    """C as a function of parameters, or of the priors' coordinates."""

    def __init__(self, config):
        self.family = hadronforce.Family(config, [TOLERANCE])

    def __call__(self, u):
        return self.family.correlation(self.family.prior(np.clip(u, 1e-9, 1 - 1e-9)))

    def coordinates(self, values):
        """Of parameters, by bisection in each prior."""
        low, high = np.full(len(values), 1e-12), np.full(len(values), 1 - 1e-12)
        for _ in range(60):
            middle = 0.5 * (low + high)
            below = self.family.prior(middle) < values
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return 0.5 * (low + high)

    def slopes(self, u, step=1e-3):
        """Differences of fourth order: rounding of the solver, 1e-9, makes 1e-6 of them."""
        columns, middle = [], np.clip(u, 2.01 * step, 1 - 2.01 * step)
        for shift in step * np.eye(len(u)):
            columns.append((8 * (self(middle + shift) - self(middle - shift)) - self(middle + 2 * shift)
                            + self(middle - 2 * shift)) / (12 * step))
        return np.array(columns).T


def r_squared(truth, answer):
    return 1 - np.sum((truth - answer) ** 2, axis=0) / np.sum((truth - truth.mean(axis=0)) ** 2, axis=0)


def potential_MeV(config, values, r_fm):
    """V(r) of form gaussian_plus_yukawa_power (docs/physics.md), parameters b1 to b4 first."""
    with open(config) as text:
        given = yaml.safe_load(text)["potential"]
    b1, b2, b3, b4 = values[:4]
    yukawa = np.exp(-given["m_pi_MeV"] / HBAR_C_MEV_FM * r_fm) / r_fm
    return b1 * np.exp(-b2 * r_fm**2) + b3 * (1 - np.exp(-b4 * r_fm**2)) * yukawa ** given["n_pi"]


class Study:
    def __init__(self, config, predictions):
        self.config, self.curves = config, Curves(config)
        with hadronforce.read(predictions) as file:
            refine = yaml.safe_load(file.config)["refine"]
            self.error = float(refine["error"])
            rows = len(file["refined/parameters"])
            self.names = list(file.of("refined/parameters")["names"])
            self.truth, self.fitted = file["test/truth"][:rows], file["refined/parameters"]
            self.found, self.others = file["refined/found"], file["refined/other_parameters"]
            self.other_sample = file["refined/other_sample"][:, 0].astype(int)
        self.met = self.found[:, 1] < 1
        self.at = np.array([self.curves.coordinates(one) for one in self.truth])
        self.fitted_at = np.array([self.curves.coordinates(one) if m else one * np.nan
                                   for one, m in zip(self.fitted, self.met)])
        self.c = np.array([self.curves(u) for u in self.at])
        self.sigma = self.error * np.maximum(1, self.c)
        self.determined, self.errors = self.fisher()
        # Every potential that has the C of a sample: the fit's own and the others.
        sample = np.concatenate([np.flatnonzero(self.met), self.other_sample])
        values = np.concatenate([self.fitted[self.met], self.others])
        self.same_c = [[] for _ in range(rows)]
        self.worst = 0.0
        for i, one in zip(sample, values):
            worst = np.abs((self.curves.family.correlation(one) - self.c[i]) / self.sigma[i]).max()
            self.worst = max(self.worst, worst)
            u = self.curves.coordinates(one)
            if worst < 1.1 and all(np.any(np.abs(u - other) > DISTINCT) for other in [self.at[i], *self.same_c[i]]):
                self.same_c[i].append(u)

    def fisher(self):
        determined, errors = [], []
        for u, sigma in zip(self.at, self.sigma):
            _, values, axes = np.linalg.svd(self.curves.slopes(u) / sigma[:, None], full_matrices=False)
            determined.append(np.sum(values > 1 / DETERMINED))
            errors.append(np.sqrt(np.sum((axes / np.maximum(values, 1e-12)[:, None]) ** 2, axis=0)))
        return np.array(determined), np.array(errors)

    def tell(self):
        count, n = len(self.truth), len(self.names)
        print(f"{count} samples, C as if known to {self.error:g} of max(1, C)")
        print(f"C met by the network's answer: {np.mean(self.found[:, 0] < 1):.3f}, by a fit: {np.mean(self.met):.4f}")
        print(f"farthest C of all potentials that are said to meet one: {self.worst:.3f} errors")
        several = np.array([len(one) > 0 for one in self.same_c])
        apart = [any(np.any((np.abs(u - at) > 5 * error) & (np.abs(u - at) > DISTINCT)) for u in others)
                 for others, at, error in zip(self.same_c, self.at, self.errors)]
        print(f"samples with another potential of the same C, more than {DISTINCT:.0%} of a prior away: "
              f"{several.sum()} ({several.mean():.1%}), more than five standard errors away too: {np.sum(apart)}; "
              f"such potentials: {sum(map(len, self.same_c))}")
        for d in range(n, -1, -1):
            which = self.determined == d
            if which.any():
                print(f"C determines {d} combinations of {which.sum()} ({which.mean():.1%}); "
                      f"{np.sum(several & which)} of them have another potential")
        for title, which in ((f"all {count}", self.met), ("all parameters determined", self.determined == n),
                             ("all determined and no other potential found", (self.determined == n) & ~several)):
            which = which & self.met
            if which.sum() > 2:
                values = r_squared(self.at[which], self.fitted_at[which])
                print(f"R^2 of the {which.sum()} with {title}: "
                      + ", ".join(f"{name} {value:.6f}" for name, value in zip(self.names, values)))
        for t, name in enumerate(self.names):
            alone = (self.errors[:, t] < DETERMINED) & self.met
            text = f"{name}: determined in {alone.sum()}, {np.sum(alone & several)} of them have another potential"
            for which, title in ((alone, "all"), (alone & ~several, "others")):
                if which.sum() > 2:
                    text += f"; R^2 of {title} {r_squared(self.at[which], self.fitted_at[which])[t]:.6f}"
            print(text)

    def potentials(self, i, others):
        """r, and r^2 V(r) of the truth and of others."""
        r = np.linspace(0.02, 1.5, 149)
        rows = [self.truth[i], *(self.curves.family.prior(u) for u in others)]
        return r, np.array([r**2 * potential_MeV(self.config, row, r) for row in rows])

    def draw(self, picture):
        """Three samples whose C others have that differ most: r^2 V(r), and how far the C are apart."""
        found = []
        for i, others in enumerate(self.same_c):
            if others:
                r, v = self.potentials(i, others)
                apart = np.abs(v[1:] - v[0]).max(axis=1)
                best = np.argsort(-apart)[:3]
                found.append((apart.max() / np.abs(v[0]).max(), i, [others[j] for j in best]))
        found.sort(key=lambda one: -one[0])
        with open(self.config) as text:
            momentum = yaml.safe_load(text)["momentum"]
        k = np.linspace(momentum["k_min_MeV"], momentum["k_max_MeV"], momentum["points"])
        figure, panels = plt.subplots(2, 3, figsize=(11, 5.8), constrained_layout=True)
        for column, (_, i, others) in enumerate(found[:3]):
            r, v = self.potentials(i, others)
            for j, row in enumerate(v):
                style = {"color": "black", "lw": 2.2, "label": "truth"} if j == 0 else {
                    "lw": 1.4, "color": f"C{j - 1}", "ls": "--", "label": f"another {j}" if j > 1 else "another"}
                panels[0, column].plot(r, row, **style)
                c = self.c[i] if j == 0 else self.curves(others[j - 1])
                panels[1, column].plot(k, (c - self.c[i]) / self.sigma[i], **style)
            panels[0, column].set(title=f"r0 = {self.truth[i][-1]:.2f} fm, C(0) = {self.c[i][0]:.2f}", xlabel="r (fm)",
                                  ylabel="r^2 V (MeV fm^2)")
            panels[1, column].set(xlabel="k* (MeV/c)", ylim=(-1.1, 1.1), ylabel="difference of C in errors")
            for panel in panels[:, column]:
                panel.grid(alpha=0.3)
            panels[0, column].legend(fontsize=8, frameon=False)
        figure.savefig(picture, dpi=90)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("config")
    parser.add_argument("predictions")
    parser.add_argument("--picture")
    arguments = parser.parse_args()
    study = Study(arguments.config, arguments.predictions)
    study.tell()
    if arguments.picture:
        study.draw(arguments.picture)


if __name__ == "__main__":
    main()
