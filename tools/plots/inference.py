"""Inferred beside true V(r), data beside the C(k*) of what was inferred, of a file from `infer`."""

import matplotlib.pyplot as plt

from .common import apart, only_file, open_kind
from .curves import draw_correlation, draw_potential


def potentials(file):
    """Radii, and the curves of each potential that was inferred; several lie under `waves`, in the order of their
    numbers."""
    waves = [("", file)] if "potential" in file else [(f" {n}", file["waves"][n])
                                                      for n in sorted(file["waves"], key=int)]
    waves = [wave for wave in waves if wave[1]["potential/inferred_MeV"].attrs.get("varies", 1)] or waves
    length = f", a0 = {file.attrs['a0_fm']:.3f} fm" if "a0_fm" in file.attrs else ""
    true_length = f", a0 = {file.attrs['true_a0_fm']:.3f} fm" if "true_a0_fm" in file.attrs else ""
    curves = []
    for name, wave in waves:
        curves.append((wave["potential/inferred_MeV"][:], "-", f"inferred{name}{length}"))
        if "potential/true_MeV" in wave:
            curves.append((wave["potential/true_MeV"][:], "k--", f"true{name}{true_length}"))
    return waves[0][1]["potential/r_fm"][:], curves


def inference(arguments):
    file = open_kind(only_file(arguments), "inference")
    has_potential = "potential" in file or "waves" in file
    figure, panels = plt.subplots(1, 2 if has_potential else 1, figsize=(9 if has_potential else 5, 3.6), squeeze=False)
    right = panels[0, -1]
    if has_potential:
        draw_potential(panels[0, 0], *potentials(file))
    k, data = apart(file["k_star_MeV"][:], file["correlation/data"][:])
    draw_correlation(right, k, [
        (data, "k.", "data"),
        (apart(file["k_star_MeV"][:], file["correlation/inferred"][:])[1], "-", "inferred interaction"),
    ])
    return figure
