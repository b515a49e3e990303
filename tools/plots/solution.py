"""V(r), or phase shifts where there are several waves or nothing is local, and C(k*) of a file from `solve`; coupled
channels in coupled.py."""

import matplotlib.pyplot as plt
import numpy as np

from .common import only_file, open_any
from .coupled import coupled, parts
from .curves import draw_correlation, draw_potential


def phase_shifts(file):
    """(dataset, label) of each wave; several lie under `waves`, in the order of their numbers."""
    coupled_states = [(file[name], name.removesuffix(".delta_rad")) for name in file if name.endswith(".delta_rad")]
    if "delta_rad" in file:
        return [(file["delta_rad"], file["delta_rad"].attrs.get("name", file.attrs["pair"])), *coupled_states]
    waves = file.get("waves", {})
    shifts = [waves[name]["delta_rad"] for name in sorted(waves, key=int)]
    return [(delta, delta.attrs.get("name", f"channel {delta.attrs['channel']}") + f", l = {delta.attrs['l']}")
            for delta in shifts] + coupled_states


def draw_phase_shifts(axes, file):
    for delta, label in phase_shifts(file):
        axes.plot(file["k_star_MeV"][:], np.degrees(delta[:]), label=label)
    axes.set_xlabel("k* (MeV/c)")
    axes.set_ylabel("delta (degrees)")
    axes.legend()


def title(file):
    names = [("a0_fm", "a0 = {:.3f} fm"), ("r_eff_fm", "r_eff = {:.3f} fm"), ("r0_fm", "r0 = {:g} fm")]
    return ", ".join(text.format(file.attrs[name]) for name, text in names if name in file.attrs)


def solution(arguments):
    file = open_any(only_file(arguments), ["solution"])
    if parts(file):
        return coupled(file)
    if not phase_shifts(file):  # pairs without a force
        figure, right = plt.subplots(figsize=(4.5, 3.6))
    else:
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
        if "potential" in file and not any(name.endswith(".delta_rad") for name in file):
            draw_potential(left, file["potential/r_fm"][:], [(file["potential/V_MeV"][:], "-", file.attrs["pair"])])
        else:
            draw_phase_shifts(left, file)
    curves = [(file["correlation"][:], "-", "full solution")]
    if "lednicky_lyuboshits" in file:  # of one neutral s-wave with a Gaussian source
        curves.append((file["lednicky_lyuboshits"][:], "--", "Lednicky-Lyuboshits"))
    draw_correlation(right, file["k_star_MeV"][:], curves)
    right.set_title(title(file), fontsize=9)
    return figure
