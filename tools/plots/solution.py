"""V(r), or the phase shift where nothing is local, and C(k*) of a file from `solve`."""

import matplotlib.pyplot as plt
import numpy as np

from .common import only_file, open_kind
from .curves import draw_correlation, draw_potential


def solution(arguments):
    file = open_kind(only_file(arguments), "solution")
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
    if "potential" in file:
        draw_potential(left, file["potential/r_fm"][:], [(file["potential/V_MeV"][:], "-", file.attrs["pair"])])
    else:  # without a local part: what it does
        left.plot(file["k_star_MeV"][:], np.degrees(file["delta_rad"][:]), label=file.attrs["pair"])
        left.set_xlabel("k* (MeV/c)")
        left.set_ylabel("delta (degrees)")
        left.legend()
    curves = [(file["correlation"][:], "-", "full solution")]
    if "lednicky_lyuboshits" in file:  # of a Gaussian source
        curves.append((file["lednicky_lyuboshits"][:], "--", "Lednicky-Lyuboshits"))
    draw_correlation(right, file["k_star_MeV"][:], curves)
    radius = f", r0 = {file.attrs['r0_fm']:g} fm" if "r0_fm" in file.attrs else ""
    right.set_title(f"a0 = {file.attrs['a0_fm']:.3f} fm, r_eff = {file.attrs['r_eff_fm']:.3f} fm{radius}", fontsize=9)
    return figure
