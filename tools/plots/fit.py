"""Data with errors, the fitted C(k*) with its band, residuals, of a file from `fit`."""

import matplotlib.pyplot as plt
import numpy as np

from .common import only_file, open_kind, with_error

SHOWN = {"r0_fm": ("$r_0$", " fm"), "lambda": (r"$\lambda$", ""), "normalisation": ("$N$", "")}


def parameter_lines(file):
    group = file["parameters"]
    for path, value, error in zip(group.attrs["names"], group["values"][:], group["errors"][:]):
        path = path.decode() if isinstance(path, bytes) else path
        name, unit = SHOWN.get(path.split(".")[-1] if path.startswith("source.") else path, (path, ""))
        if np.isnan(error):
            yield f"{name} not determined"
        else:
            yield f"{name} = {with_error(value, error)}{unit}" + (" (at its bound)" if error == 0 else "")


def chi2_line(file):
    chi2, degrees = file.attrs["chi2"], file.attrs["degrees_of_freedom"]
    return f"$\\chi^2$/ndf = {chi2:.1f}/{degrees:.0f}, p = {file.attrs['p_value']:.2g}"


def fit(arguments):
    file = open_kind(only_file(arguments), "fit")
    k, low, high = (file[f"k_{name}_MeV"][:] for name in ("star", "low", "high"))
    data, error = file["data/correlation"][:], file["data/error"][:]
    model, band = file["model/correlation"][:], file["model/error"][:]
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(6.6, 5.4), sharex=True, height_ratios=[3, 1])
    top.errorbar(k, data, error, xerr=(k - low, high - k), fmt="k.", ms=3.5, lw=0.9, label="data", zorder=3)
    line, = top.plot(k, model, color="C0", lw=1.4, label="fit\n" + "\n".join([*parameter_lines(file), chi2_line(file)]))
    top.fill_between(k, model - band, model + band, color=line.get_color(), alpha=0.3, lw=0)
    top.plot(k, file["model/genuine"][:], "--", color="C1", lw=1, label="genuine pairs")
    top.axhline(1, color="black", lw=0.6)
    top.set_ylim(min(0, (data - error).min()), 1.15 * max((data + error).max(), file["model/genuine"][:].max()))
    top.set_ylabel("$C(k^*)$")
    top.set_title(file.attrs["pair"], fontsize=10)
    top.legend(fontsize=9)
    bottom.plot(k, file["residuals"][:], "k.", ms=3.5)
    for level, style in ((0, "-"), (-2, ":"), (2, ":")):
        bottom.axhline(level, color="C0", lw=0.8, ls=style)
    reach = max(3.5, 1.1 * np.abs(file["residuals"][:]).max())
    bottom.set_ylim(-reach, reach)
    bottom.set_xlabel("$k^*$ (MeV/c)")
    bottom.set_ylabel(r"(data - fit)/$\sigma$")
    top.set_xlim(0, high.max())
    return figure
