"""chi^2 over one or two axes with its n-sigma contours, of a file from `fit` with a section `scan`."""

import math

import matplotlib.pyplot as plt
import numpy as np

from .common import fail, only_file, open_kind, short_name, texts, unit_label
from .fit import SHOWN


def rise(sigmas, axes):
    """By how much chi^2 exceeds its least so many standard deviations off, for one or two parameters at once."""
    return sigmas**2 if axes == 1 else -2 * math.log(math.erfc(sigmas / math.sqrt(2)))


def best(file, name):
    """Of the fit, where the file says it."""
    for group in (file["parameters"], file.get("derived", {})):
        values = group["values"] if "values" in group else None
        holder = group if values is not None and "names" in group.attrs else values
        for known, value in zip(holder.attrs["names"], values[:]) if holder is not None else ():
            if texts([known])[0] == name:
                return value
    return None


def label(name, names, unit):
    """By the last part of its path, where that tells the axes apart."""
    last = name.split(".")[-1]
    short = last if sum(other.split(".")[-1] == last for other in names) == 1 else short_name(name)
    shown, _ = SHOWN.get(short, (short.removesuffix("_" + unit), ""))
    return unit_label(shown, unit)


def draw_map(panel, file, names, axes, above, least):
    """Contours of sqrt(chi^2 - least), which is nearly linear between cells."""
    x, y = axes[0][:], axes[1][:]
    levels = [math.sqrt(rise(sigmas, 2)) for sigmas in (1, 2, 3)]
    distance = np.ma.sqrt(np.ma.clip(above, 0, None)).T
    panel.contourf(x, y, distance, [0, *levels], colors=["#2166ac", "#67a9cf", "#d1e5f0"])
    if distance.max() > levels[0]:
        lines = panel.contour(x, y, distance, levels, colors="k", linewidths=0.8)
        panel.clabel(lines, fmt={level: rf"{i}$\sigma$" for i, level in enumerate(levels, 1)}, fontsize=8)
    row, column = np.unravel_index(np.argmin(above.filled(np.inf)), above.shape)
    at = [best(file, name) for name in names]
    place = (x[row], y[column]) if None in at else at
    degrees = file.attrs["degrees_of_freedom"]
    panel.plot(*place, "k+", ms=9, label=rf"$\chi^2$ = {least:.1f} for {degrees:.0f} degrees of freedom")
    panel.set(ylabel=label(names[1], names, axes[1].attrs["unit"]))
    panel.legend(fontsize=8)


def draw_curve(panel, axis, above):
    panel.plot(axis[:], above, "C0.-", lw=1.2)
    top = min(np.nanmax(above), 2 * rise(3, 1))
    for sigmas in (1, 2, 3):
        if rise(sigmas, 1) < top:
            panel.axhline(rise(sigmas, 1), color="k", lw=0.7, ls=":")
            panel.annotate(rf"{sigmas}$\sigma$", (axis[0], rise(sigmas, 1)), va="bottom", fontsize=8)
    panel.set(ylabel=r"$\chi^2 - \chi^2_{\min}$", ylim=(-0.02 * top, 1.05 * top))


def scan(arguments):
    file = open_kind(only_file(arguments), "fit")
    if "scan" not in file:
        fail(f"{arguments.files[0]}: has no scan; add a section scan to the config of the fit")
    group = file["scan"]
    names = texts(group.attrs["names"])
    axes = [group[f"axis_{i}"] for i in range(len(names))]
    least = min(np.nanmin(group["chi2"][:]), file.attrs["chi2"])
    above = np.ma.masked_invalid(group["chi2"][:] - least)
    figure, panel = plt.subplots(figsize=(5.6, 4.2))
    if len(names) == 1:
        draw_curve(panel, axes[0], above)
    else:
        draw_map(panel, file, names, axes, above, least)
    pair = file.attrs["pair"] if "pair" in file.attrs else "several measurements"
    panel.set(xlabel=label(names[0], names, axes[0].attrs["unit"]), title=pair)
    return figure
