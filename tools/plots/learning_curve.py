"""Losses of a CSV from `train` or `lattice-fit`."""

import matplotlib.pyplot as plt
import numpy as np

from .common import fail, only_file


def learning_curve(arguments):
    path = only_file(arguments)
    try:
        curve = np.atleast_1d(np.genfromtxt(path, delimiter=",", names=True))
    except (OSError, ValueError) as error:
        fail(f"{path}: cannot be read ({error})")
    figure, axes = plt.subplots(figsize=(5.5, 3.6))
    of_fit = "damping" in (curve.dtype.names or ())
    if of_fit:
        axes.semilogy(curve["step"], curve["residual"], label="relative residual")
        axes.semilogy(curve["step"], curve["loss"], label="loss")
        axes.set_xlabel("step")
        second, name = "damping", "damping"
    else:
        members = curve["member"] if "member" in curve.dtype.names else np.ones(len(curve))
        for number in np.unique(members):
            one, first = curve[members == number], number == members[0]
            axes.semilogy(one["epoch"], one["training_loss"], color="C0", label="training" if first else None)
            axes.semilogy(one["epoch"], one["validation_loss"], color="C1", label="validation" if first else None)
        curve = curve[members == members[0]]
        axes.set(xlabel="epoch", ylabel="mean squared error (standardised)")
        second, name = "learning_rate", "learning rate"
    rate = axes.twinx()
    rate.plot(curve["step" if of_fit else "epoch"], curve[second], color="grey", lw=0.8, ls=":", label=name)
    rate.set_yscale("log" if of_fit else "linear")
    rate.set_ylabel(name)
    rate.grid(False)
    lines = [line for line in axes.get_lines() + rate.get_lines() if not line.get_label().startswith("_")]
    axes.legend(lines, [line.get_label() for line in lines])
    return figure
