"""Draws of the prior and their C(k*), of a file from `generate`."""

import matplotlib.pyplot as plt
import numpy as np

from .common import HBAR_C_MEV_FM, config_section, fail, only_file, open_kind


def gaussian_plus_yukawa_power(r, p):
    m = p["m_pi_MeV"] / HBAR_C_MEV_FM
    tail = -p["b3_MeV_fm2"] * np.expm1(-p["b4_per_fm2"] * r**2) * (np.exp(-m * r) / r) ** p["n_pi"]
    return p["b1_MeV"] * np.exp(-p["b2_per_fm2"] * r**2) + tail


def samples(arguments):
    path = only_file(arguments)
    file = open_kind(path, "dataset")
    settings = config_section(file, "potential")
    if settings.get("form") != "gaussian_plus_yukawa_power":
        fail(f"{path}: V(r) of samples is drawn for gaussian_plus_yukawa_power only")
    names = list(file["parameters"].attrs["names"])
    chosen = np.linspace(0, file["parameters"].shape[0] - 1, 40).astype(int)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
    r = np.linspace(0.005, 3, 400)
    fixed = {}
    for key, value in settings.items():
        try:
            fixed[key] = float(value)
        except ValueError:
            pass
    colours = plt.cm.viridis(np.linspace(0, 1, len(chosen)))
    for colour, row in zip(colours, chosen):
        p = {**fixed, **dict(zip(names, file["parameters"][row]))}
        left.plot(r, gaussian_plus_yukawa_power(r, p), color=colour, lw=0.8)
        right.plot(file["k_star_MeV"][:], file["correlation"][row], color=colour, lw=0.8)
    left.set(xlabel="r (fm)", ylabel="V (MeV)", xlim=(0, 2), ylim=(-1200, 1200), title="40 draws of the prior")
    right.set(xlabel="k* (MeV/c)", ylabel="C(k*)", yscale="log", title="their correlation functions")
    return figure
