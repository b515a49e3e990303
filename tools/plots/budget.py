"""Averages over many lattice fits and where their errors come from."""

import matplotlib.pyplot as plt
import numpy as np

from .common import only_file, open_kind

LABELS = {"a0_fm": r"$a_0$", "inverse_a0_per_fm": r"$1/a_0$", "r_eff_fm": r"$r_\mathrm{eff}$", "E_MeV": r"$E$"}


def scattering_length(file):
    """What to show of a0: near its pole 1/a0, whose errors mean something there."""
    near_pole = abs(file["inverse_a0_per_fm"][0]) < 2 * file["inverse_a0_per_fm_total"][0]
    return ("inverse_a0_per_fm", "$1/a_0$ (1/fm)") if near_pole else ("a0_fm", "$a_0$ (fm)")


def draw_parts(axes, file, factors):
    """Variances of each part as shares of the total, a bar a quantity."""
    names = [scattering_length(file)[0], "r_eff_fm", "E_MeV"]
    columns = [(LABELS[name], name, 0) for name in names if name in file]
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
    axes.plot([], [], color="black", lw=2.4, label="total (below)")
    axes.set_xticks(range(len(columns)), [label for label, _, _ in columns])
    axes.set(ylabel="part of the total variance", ylim=(0, 1))
    axes.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=4, borderaxespad=0.2)


def draw_models(axes, file):
    """a0 of each model, from the largest weight to the smallest, with its own error; the average as a band."""
    name, label = scattering_length(file)
    weight, value = file["models/weight"][:], file[f"models/{name}"][:, 0]
    error = file[f"models/{name}_error"][:, 0]
    order = np.argsort(-weight, kind="stable")
    order = order[np.isfinite(value[order]) & (weight[order] > 0)]
    shade = weight[order] / weight.max()
    for i, m in enumerate(order):
        axes.errorbar(i + 1, value[m], error[m], fmt="o", ms=3, color=str(0.8 * (1 - shade[i])), lw=0.8)
    average, total = file[name][0], file[f"{name}_total"][0]
    axes.axhline(average, color="C3", lw=1.2)
    axes.axhspan(average - total, average + total, color="C3", alpha=0.2, lw=0, label="average, total error")
    axes.plot([], [], "o", ms=3, color="black", label="models, darker the more weight, error from samples")
    axes.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
    axes.set_xlim(0.3, len(order) + 0.7)
    left_out = len(weight) - len(order)
    axes.set(xlabel="model, the largest weight first" + (f" ({left_out} without weight)" if left_out else ""),
             ylabel=label)
    axes.legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)


def draw_errors(axes, x, file, name, factors):
    """Each part of the error against x; zeros, which logarithms have not, are left out."""
    for p, part in enumerate(["statistical", *factors, "starts", "total"]):
        error = (file[f"{name}_systematic"][factors.index(part)] if part in factors else file[f"{name}_{part}"][:])
        shown = np.where(error > 1e-3 * file[f"{name}_total"][:], error, np.nan)
        is_total = part == "total"
        axes.plot(x, shown, color="black" if is_total else f"C{p}", lw=2.4 if is_total else 1.2, label=part,
                  zorder=1 if is_total else 2, marker="o" if len(x) == 1 else None, ms=4)
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
    return figure
