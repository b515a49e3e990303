"""Data with errors, the fitted C(k*) with its band, residuals, of a file from `fit`."""

import matplotlib.pyplot as plt
import numpy as np

from .common import only_file, open_kind, with_error

SHOWN = {"r0_fm": ("$r_0$", " fm"), "a0_fm": ("$a_0$", " fm"), "r_eff_fm": (r"$r_\mathrm{eff}$", " fm"),
         "lambda": (r"$\lambda$", ""), "normalisation": ("$N$", "")}


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


def draw(top, bottom, group, lines, title):
    """Data, fit and residuals of one measurement."""
    k, low, high = (group[f"k_{name}_MeV"][:] for name in ("star", "low", "high"))
    data, error = group["data/correlation"][:], group["data/error"][:]
    model, band = group["model/correlation"][:], group["model/error"][:]
    top.errorbar(k, data, error, xerr=(k - low, high - k), fmt="k.", ms=3.5, lw=0.9, label="data", zorder=3)
    line, = top.plot(k, model, color="C0", lw=1.4, label="\n".join(["fit", *lines]))
    top.fill_between(k, model - band, model + band, color=line.get_color(), alpha=0.3, lw=0)
    top.plot(k, group["model/genuine"][:], "--", color="C1", lw=1, label="genuine pairs")
    top.axhline(1, color="black", lw=0.6)
    low = min(1, (data - error).min(), group["model/genuine"][:].min())
    high_c = max(1, (data + error).max(), group["model/genuine"][:].max())
    top.set_ylim(low - 0.06 * (high_c - low), high_c + 0.15 * (high_c - low))
    top.set_title(title, fontsize=10)
    top.legend(fontsize=9)
    bottom.plot(k, group["residuals"][:], "k.", ms=3.5)
    for level, style in ((0, "-"), (-2, ":"), (2, ":")):
        bottom.axhline(level, color="C0", lw=0.8, ls=style)
    reach = max(3.5, 1.1 * np.abs(group["residuals"][:]).max())
    bottom.set_ylim(-reach, reach)
    bottom.set_xlabel("$k^*$ (MeV/c)")
    top.set_xlim(0, high.max())


def own_lines(file, name):
    """Of several measurements the parameters that are one's own, and its part of chi^2."""
    prefix = f"measurements.{name}."
    return [line.removeprefix(prefix) for line in parameter_lines(file) if line.startswith(prefix)] + [
        f"$\\chi^2$ = {file['measurements'][name].attrs['chi2']:.1f} of {len(file['measurements'][name]['residuals'])} "
        "bins"]


def fit(arguments):
    file = open_kind(only_file(arguments), "fit")
    names = [n.decode() if isinstance(n, bytes) else n for n in file["measurements"].attrs["names"]] \
        if "measurements" in file else []
    count = max(1, len(names))
    figure, panels = plt.subplots(2, count, figsize=(6.6 if count == 1 else 4.4 * count, 5.4), sharex="col",
                                  height_ratios=[3, 1], squeeze=False)
    if names:
        for i, name in enumerate(names):
            group = file["measurements"][name]
            draw(panels[0, i], panels[1, i], group, own_lines(file, name), f"{name}: {group.attrs['pair']}")
        shared = [line for line in parameter_lines(file) if not line.startswith("measurements.")]
        figure.suptitle(", ".join([*shared, chi2_line(file)]), fontsize=9)
    else:
        draw(panels[0, 0], panels[1, 0], file, [*parameter_lines(file), chi2_line(file)], file.attrs["pair"])
    panels[0, 0].set_ylabel("$C(k^*)$")
    panels[1, 0].set_ylabel(r"(data - fit)/$\sigma$")
    return figure
