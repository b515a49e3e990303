"""True against predicted parameters, of a file from `train`."""

import matplotlib.pyplot as plt
import numpy as np

from .common import only_file, open_kind, short_name, unit_label


def predictions(arguments):
    file = open_kind(only_file(arguments), "predictions")
    truth, prediction = file["test/truth"], file["test/prediction"]
    names = [short_name(name) for name in truth.attrs["names"]]
    units = [unit.strip() for unit in truth.attrs["unit"].split(",")]
    figure, panels = plt.subplots(1, len(names), figsize=(4.2 * len(names), 3.8), squeeze=False)
    for i, (axes, name, unit) in enumerate(zip(panels[0], names, units)):
        t, p = truth[:, i], prediction[:, i]
        r_squared = 1 - np.sum((p - t) ** 2) / np.sum((t - t.mean()) ** 2)
        axes.plot(t, p, ".", ms=3, label=f"test part, $R^2$ = {r_squared:.6f}")
        axes.plot([t.min(), t.max()], [t.min(), t.max()], "k-", lw=0.6, label="exact")
        axes.set(xlabel=unit_label(f"true {name}", unit), ylabel=unit_label(f"predicted {name}", unit))
        axes.legend(fontsize=8)
    return figure
