"""Inferred beside true V(r), data beside the C(k*) of what was inferred, of a file from `infer`."""

import matplotlib.pyplot as plt

from .common import only_file, open_kind
from .curves import draw_correlation, draw_potential


def inference(arguments):
    file = open_kind(only_file(arguments), "inference")
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
    curves = [(file["potential/inferred_MeV"][:], "-", f"inferred, a0 = {file.attrs['a0_fm']:.3f} fm")]
    if "potential/true_MeV" in file:
        curves.append((file["potential/true_MeV"][:], "k--", f"true, a0 = {file.attrs['true_a0_fm']:.3f} fm"))
    draw_potential(left, file["potential/r_fm"][:], curves)
    draw_correlation(right, file["k_star_MeV"][:], [
        (file["correlation/data"][:], "k.", "data"),
        (file["correlation/inferred"][:], "-", "inferred interaction"),
    ])
    return figure
