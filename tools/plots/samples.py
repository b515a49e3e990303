"""C(k*) of draws of the prior, of a file from `generate`, and V(r) where it is one gaussian_plus_yukawa_power."""

import matplotlib.pyplot as plt
import numpy as np

from .common import HBAR_C_MEV_FM, apart, config_section, only_file, open_kind, short_name


def gaussian_plus_yukawa_power(r, p):
    m = p["m_pi_MeV"] / HBAR_C_MEV_FM
    tail = -p["b3_MeV_fm2"] * np.expm1(-p["b4_per_fm2"] * r**2) * (np.exp(-m * r) / r) ** p["n_pi"]
    return p["b1_MeV"] * np.exp(-p["b2_per_fm2"] * r**2) + tail


def draw_potentials(axes, settings, names, rows, colours):
    r = np.linspace(0.005, 3, 400)
    fixed = {}
    for key, value in settings.items():
        try:
            fixed[key] = float(value)
        except ValueError:
            pass
    for colour, row in zip(colours, rows):
        axes.plot(r, gaussian_plus_yukawa_power(r, {**fixed, **dict(zip(names, row))}), color=colour, lw=0.8)
    axes.set(xlabel="r (fm)", ylabel="V (MeV)", xlim=(0, 2), ylim=(-1200, 1200))


def samples(arguments):
    file = open_kind(only_file(arguments), "dataset")
    settings = config_section(file, "potential")
    sound = np.flatnonzero(file["failed"][:, 0] == 0) if "failed" in file else np.arange(file["parameters"].shape[0])
    chosen = sound[np.unique(np.linspace(0, len(sound) - 1, min(40, len(sound))).astype(int))]
    designed = "parameters_from" in config_section(file, "dataset")
    noun, origin = ("design point", "") if designed else ("draw", " of the prior")
    title = f"{len(chosen)} {noun}{'' if len(chosen) == 1 else 's'}{origin}"
    colours = plt.cm.viridis(np.linspace(0, 1, len(chosen)))
    if settings.get("form") == "gaussian_plus_yukawa_power":
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
        draw_potentials(left, settings, [short_name(name) for name in file["parameters"].attrs["names"]],
                        [file["parameters"][row] for row in chosen], colours)
        left.set_title(title)
        title = "their correlation functions"
    else:
        title = "C(k*) of " + title
        figure, right = plt.subplots(figsize=(4.5, 3.6))
    for colour, row in zip(colours, chosen):
        right.plot(*apart(file["k_star_MeV"][:], file["correlation"][row]), color=colour, lw=0.8)
    right.set(xlabel="k* (MeV/c)", ylabel="C(k*)", yscale="log", title=title)
    return figure
