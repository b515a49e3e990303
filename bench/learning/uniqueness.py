#!/usr/bin/python3
"""Does C(k*) determine the parameters? Exact fits from a network's answers, and what Fisher's information says.

usage: uniqueness.py CONFIG PREDICTIONS [--samples 500] [--error 1e-5] [--starts 4] [--jobs 2] [--output FILE.h5]

CONFIG is what `generate` drew the dataset from, PREDICTIONS what `predict` wrote of it (true and predicted parameters).
Each of the first samples is fitted as if its noise-free C were known to `error` times max(1, C): from the network's
answer and from others of the prior, in the priors' own coordinates, where each parameter lies between 0 and 1. Of each:

- whether C is met, within the error at every k*, from the network's answer alone and from all starts;
- how many combinations of parameters C determines: singular values of dC/d(coordinate)/error above those of 10 % of the
  prior's width;
- R^2 of the parameters among samples that determine all of them;
- other potentials of the same C: fits that meet it and lie more than 5 % of a prior's width from the truth; of these
  those that lie more than five of Fisher's errors away too, in a valley of their own.

Needs the Python package (built in build/*/python, on PYTHONPATH) and python3-scipy.
"""

import argparse
import multiprocessing

import h5py
import hadronforce
import numpy as np
from scipy.optimize import least_squares

DETERMINED = 0.1  # of the prior's width
TOLERANCE = "solver.tolerance=1.0e-9"


class Curves:
    """C as a function of the priors' coordinates."""

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


def study(task):
    config, truth, answer, error, starts, seed = task
    curves = Curves(config)
    at = curves.coordinates(truth)
    wanted = curves(at)
    sigma = error * np.maximum(1.0, wanted)
    random = np.random.default_rng(seed)

    def residuals(u):
        try:
            return (curves(u) - wanted) / sigma
        except (hadronforce.InputError, hadronforce.ConvergenceError):
            return np.full(len(wanted), 1e6)

    def jacobian(u):
        return curves.slopes(u) / sigma[:, None]

    fits = []
    begin = np.clip(curves.coordinates(answer), 0.005, 0.995)
    for start in [begin, *random.uniform(0.02, 0.98, (starts, len(truth)))]:
        fit = least_squares(residuals, start, jacobian, bounds=(0, 1), x_scale="jac", max_nfev=200, xtol=1e-12,
                            ftol=1e-9, gtol=1e-12)
        fits.append((np.abs(fit.fun).max(), fit.x))
    _, values, axes = np.linalg.svd(jacobian(at))
    errors = np.sqrt(np.sum((axes / np.maximum(values, 1e-12)[:, None]) ** 2, axis=0))
    others = [u for worst, u in fits if worst < 1 and np.any(np.abs(u - at) > 0.05)]
    apart = [u for u in others if np.any((np.abs(u - at) > 5 * errors) & (np.abs(u - at) > 0.05))]
    best = min(fits, key=lambda fit: fit[0])
    return {"true": at, "network": curves.coordinates(answer), "start_misfit": np.abs(residuals(begin)).max(),
            "from_network": fits[0][0], "best": best[0], "fitted": best[1], "fitted_from_network": fits[0][1],
            "determined": int(np.sum(values > 1 / DETERMINED)), "errors": errors, "others": len(others),
            "apart": len(apart), "other": others[0] if others else np.full(len(truth), np.nan)}


def r_squared(truth, answer):
    return 1 - np.sum((truth - answer) ** 2, axis=0) / np.sum((truth - truth.mean(axis=0)) ** 2, axis=0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("config")
    parser.add_argument("predictions")
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--error", type=float, default=1e-5)
    parser.add_argument("--starts", type=int, default=4)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--output")
    arguments = parser.parse_args()
    with h5py.File(arguments.predictions) as file:
        truth, answers = (file[f"test/{name}"][:arguments.samples] for name in ("truth", "prediction"))
        names = list(file["test/truth"].attrs["names"])
    tasks = [(arguments.config, t, a, arguments.error, arguments.starts, i)
             for i, (t, a) in enumerate(zip(truth, answers))]
    with multiprocessing.Pool(arguments.jobs) as pool:
        found = pool.map(study, tasks, chunksize=1)
    table = {key: np.array([one[key] for one in found]) for key in found[0]}
    count = len(found)
    print(f"{count} samples, C as if known to {arguments.error:g} of max(1, C)")
    for name, worst in (("the network's answer", "start_misfit"), ("the fit from it", "from_network"),
                        (f"the best of it and {arguments.starts} other fits", "best")):
        print(f"C met by {name}: {np.mean(table[worst] < 1):.3f}")
    for n in range(len(names), -1, -1):
        print(f"C determines {n} combinations: {np.mean(table['determined'] == n):.3f}")
    whole = table["determined"] == len(names)
    for title, which in ((f"all {count}", np.full(count, True)), (f"the {whole.sum()} determined", whole)):
        if which.sum() > 2:
            for kind in ("network", "fitted_from_network", "fitted"):
                values = r_squared(table["true"][which], table[kind][which])
                print(f"R^2 of {title}, {kind}: " + ", ".join(f"{n} {v:.5f}" for n, v in zip(names, values)))
    print(f"samples with other parameters of the same C: {np.sum(table['others'] > 0)}, in another valley: "
          f"{np.sum(table['apart'] > 0)}")
    if arguments.output:
        with h5py.File(arguments.output, "w") as file:
            for key, values in table.items():
                file[key] = values
            file.attrs["names"] = names


if __name__ == "__main__":
    main()
