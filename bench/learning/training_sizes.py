#!/usr/bin/python3
"""What the number of training samples makes of a network: a table and docs/training_sizes.png.

usage: training_sizes.py PICTURE PRIOR:SAMPLES:PREDICTIONS...

PREDICTIONS is what `predict` wrote of test samples, SAMPLES a number, or `solve` for a network that saw none twice.
R^2 is of the coordinate that was learnt, the logarithm of parameters with a log-uniform prior.
"""

import sys

import h5py
import matplotlib
import yaml

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np


def prior_of(config, name):
    for step in name.split("."):
        config = config[step]
    return next(iter(config))


def r_squared(predictions):
    """Of each target, by name."""
    with h5py.File(predictions) as file:
        truth, answer = file["test/truth"][:], file["test/prediction"][:]
        names = list(file["test/truth"].attrs["names"])
        dataset = yaml.safe_load(file.attrs["config"])["dataset"]["file"]
    with h5py.File(dataset) as file:
        config = yaml.safe_load(file.attrs["config"])
    result = {}
    for t, name in enumerate(names):
        x, y = truth[:, t], answer[:, t]
        if prior_of(config, name) == "log_uniform":
            x, y = np.log(x), np.log(y)
        result[name] = 1 - np.mean((x - y) ** 2) / np.var(x)
    return result


def main():
    picture, *given = sys.argv[1:]
    found = {}
    for one in given:
        prior, samples, predictions = one.split(":")
        found.setdefault(prior, {})[samples] = r_squared(predictions)
    figure, panels = plt.subplots(1, len(found), figsize=(4.6 * len(found), 3.6), sharey=True, squeeze=False,
                                  constrained_layout=True)
    for panel, (prior, rows) in zip(panels[0], found.items()):
        names = list(next(iter(rows.values())))
        short = [name.split(".")[-1].split("_")[0] for name in names]
        print(f"{prior}: | samples | " + " | ".join(short) + " |")
        for samples, row in rows.items():
            print(f"| {samples} | " + " | ".join(f"{row[name]:.4f}" for name in names) + " |")
        for name, label in zip(names, short):
            panel.plot(range(len(rows)), [row[name] for row in rows.values()], "o-", label=label)
        panel.set(title=f"{prior} prior", xlabel="training samples", xticks=range(len(rows)), xticklabels=list(rows),
                  ylim=(-0.1, 1.03))
        panel.grid(alpha=0.3)
    panels[0][0].set(ylabel="R^2 on 50,000 test samples")
    panels[0][0].legend(ncol=2, frameon=False)
    figure.savefig(picture, dpi=90)


if __name__ == "__main__":
    main()
