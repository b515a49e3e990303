"""An interaction in a periodic box: k cot(delta) by Luescher's formula beside that without box, and the levels."""

import math

import matplotlib.pyplot as plt
import numpy as np

from .common import only_file, open_kind


def errors_of(file, name):
    return file[name + "_error"][:] if name + "_error" in file else None


def draw_curve(axes, file):
    """k cot(delta) without box; broken where it is infinite, dashed below zero."""
    k2, curve = file["curve_k2_per_fm2"][:], file["curve_k_cot_delta_per_fm"][:].copy()
    error = errors_of(file, "curve_k_cot_delta_per_fm")
    poles = np.flatnonzero((np.abs(np.diff(curve)) > 4 * np.nanmedian(np.abs(curve))) & (np.diff(np.sign(curve)) != 0))
    curve[poles] = np.nan
    above = k2 >= 0
    axes.plot(k2[above], curve[above], color="C0", lw=1.5, label="infinite volume")
    axes.plot(k2[~above], curve[~above], "--", color="C0", lw=1.5, label="continued")
    if error is not None:
        axes.fill_between(k2, curve - error, curve + error, color="C0", alpha=0.25, lw=0)


def draw_levels(axes, file):
    """Levels of each P as bars; the box's own on those of P = 0; effective energies right of them, against t."""
    momenta, levels = file["momenta"][:].astype(int), file["levels_MeV"][:]
    error, names = errors_of(file, "levels_MeV"), []
    for i, (momentum, of_momentum) in enumerate(zip(momenta, levels)):
        axes.hlines(of_momentum, i - 0.35, i + 0.35, color="C0", lw=1.5,
                    label=r"predicted by $k\,\cot\delta_0$" if i == 0 else None)
        if error is not None:
            for level, width in zip(of_momentum, error[i]):
                if math.isfinite(level) and math.isfinite(width):
                    axes.fill_between([i - 0.35, i + 0.35], level - width, level + width, color="C0", alpha=0.25, lw=0)
        names.append("(" + ",".join(map(str, momentum)) + ")")
        if not momentum.any():
            axes.errorbar(np.full(len(file["energy_MeV"]), i), file["energy_MeV"][:], errors_of(file, "energy_MeV"),
                          fmt="o", ms=4, color="C3", label="in the box")
    axes.set_xticks(range(len(names)), names)
    axes.set(xlabel=r"$\mathbf{P}$ ($2\pi/L$)", ylabel=r"$E = k^2/2\mu$ (MeV)")
    axes.axhline(0, color="black", lw=0.6)


def draw_effective(axes, file):
    axes.axhline(file["energy_MeV"][0], color="C3", lw=1.2, label="lowest level in the box")
    if "energy_MeV_error" in file:
        low, width = file["energy_MeV"][0], file["energy_MeV_error"][0]
        axes.axhspan(low - width, low + width, color="C3", alpha=0.2, lw=0)
    axes.errorbar(file["t"][:] + 0.5, file["effective_energy_MeV"][:], file["effective_energy_MeV_error"][:], fmt="s",
                  ms=4, color="black", label=r"effective, of $\sum_\mathbf{r} R(t, \mathbf{r})$")
    axes.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
    axes.set(xlabel="$t/a$", ylabel="$E$ (MeV)")


def box(arguments):
    file = open_kind(only_file(arguments), "lattice_box")
    with_effective = "t" in file
    figure, panels = plt.subplots(1, 3 if with_effective else 2, figsize=(12.6 if with_effective else 9.6, 4.0))
    left = panels[0]
    draw_curve(left, file)
    k2, points = file["k2_per_fm2"][:], file["k_cot_delta_box_per_fm"][:]
    left.errorbar(k2, points, errors_of(file, "k_cot_delta_box_per_fm"), errors_of(file, "k2_per_fm2"), fmt="o", ms=5,
                  color="C3", label="Lüscher's formula")
    seen = np.append(points, file["k_cot_delta_per_fm"][:])
    seen = seen[np.isfinite(seen)]
    margin = 0.15 * (seen.max() - seen.min()) + 1e-3
    left.set_ylim(seen.min() - margin, seen.max() + margin)
    left.axhline(0, color="black", lw=0.6)
    left.set(xlabel="$k^2$ (fm$^{-2}$)", ylabel=r"$k\,\cot\delta_0$ (fm$^{-1}$)")
    draw_levels(panels[1], file)
    if with_effective:
        draw_effective(panels[2], file)
    for axes in panels:
        axes.legend(fontsize=8.5, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    return figure
