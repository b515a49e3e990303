"""Averages over many lattice fits and where their errors come from."""

import matplotlib.pyplot as plt
import numpy as np

from .common import only_file, open_kind

LABELS = {"a0_fm": r"$a_0$", "r_eff_fm": r"$r_\mathrm{eff}$", "E_MeV": r"$E$"}


def draw_parts(axes, file, factors):
    """Variances of each part as shares of the total, a bar a quantity."""
    columns = [(LABELS[name], name, 0) for name in LABELS if name in file]
    k = file["k_star_MeV"][:]
    columns += [(rf"$\delta$({k[i]:.3g})", "delta_rad", i) for i in sorted({0, len(k) // 2, len(k) - 1})]
    parts = ["statistical", *factors, "starts"]
    bottom = np.zeros(len(columns))
    for p, part in enumerate(parts):
        shares = []
        for _, name, i in columns:
            value = (file[f"{name}_systematic"][factors.index(part), i] if part in factors
                     else file[f"{name}_{part}"][i])
            shares.append((value / file[f"{name}_total"][i]) ** 2)
        axes.bar(range(len(columns)), shares, bottom=bottom, width=0.7, label=part, color=f"C{p}")
        bottom += shares
    axes.set_xticks(range(len(columns)), [label for label, _, _ in columns])
    axes.set(ylabel="part of the total variance", ylim=(0, 1))
    axes.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.2)


def draw_models(axes, file):
    """a0 of each model, from the smallest weight to the largest, with its own error; the average as a band."""
    weight, value = file["models/weight"][:], file["models/a0_fm"][:, 0]
    error = file["models/a0_fm_error"][:, 0]
    order = np.argsort(weight, kind="stable")
    order = order[np.isfinite(value[order])]
    shade = weight[order] / weight.max()
    for i, m in enumerate(order):
        axes.errorbar(i, value[m], error[m], fmt="o", ms=3, color=str(0.8 * (1 - shade[i])), lw=0.8)
    average, total = file["a0_fm"][0], file["a0_fm_total"][0]
    axes.axhline(average, color="C3", lw=1.2)
    axes.axhspan(average - total, average + total, color="C3", alpha=0.2, lw=0, label="average, total error")
    axes.plot([], [], "o", ms=3, color="black", label="models, darker the more weight, error from samples")
    axes.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
    axes.set_xlim(-1, max(len(order), 2))
    axes.set(xlabel="model, by weight", ylabel="$a_0$ (fm)")
    axes.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)


def draw_errors(axes, x, file, name, factors):
    """Each part of the error against x; zeros, which logarithms have not, are left out."""
    for p, part in enumerate(["statistical", *factors, "starts", "total"]):
        error = (file[f"{name}_systematic"][factors.index(part)] if part in factors else file[f"{name}_{part}"][:])
        shown = np.where(error > 1e-3 * file[f"{name}_total"][:], error, np.nan)
        axes.plot(x, shown, color="black" if part == "total" else f"C{p}", lw=1.8 if part == "total" else 1.2,
                  label=part)
    axes.set_yscale("log")


def budget(arguments):
    file = open_kind(only_file(arguments), "lattice_budget")
    factors = list(file.attrs["factors"]) if "factors" in file.attrs else []
    figure, panels = plt.subplots(2, 2, figsize=(10.5, 8.0))
    draw_parts(panels[0, 0], file, factors)
    draw_models(panels[0, 1], file)
    draw_errors(panels[1, 0], file["k_star_MeV"][:], file, "delta_rad", factors)
    panels[1, 0].set(xlabel="$k^*$ (MeV/$c$)", ylabel=r"error of $\delta_0$ (rad)")
    draw_errors(panels[1, 1], file["r_fm"][:], file, "V_MeV", factors)
    panels[1, 1].set(xlabel="$r$ (fm)", ylabel=r"error of $V_\mathrm{eff}$ (MeV)")
    panels[1, 1].legend(fontsize=8)
    return figure
