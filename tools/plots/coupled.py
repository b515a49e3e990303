"""S_11 of the observed channel, and C(k*) with what pairs produced in each channel add, of a file from `solve` with
coupled channels."""

import matplotlib.pyplot as plt
import numpy as np

from .curves import draw_correlation


def parts(file):
    """What each channel of a pair of coupled channels alone adds; none of other pairs."""
    return [file[name] for name in sorted(file) if name.startswith("contributions[")]


def coupled(file):
    k = file["k_star_MeV"][:]
    contributions = parts(file)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4))
    left.plot(k, np.degrees(file["delta_rad"][:]), label=f"phase shift of S_11, {file.attrs['pair']}")
    left.set(xlabel="k* (MeV/c)", ylabel="delta (degrees)")
    modulus = left.twinx()
    modulus.grid(False)
    modulus.spines["right"].set_visible(True)
    modulus.plot(k, file["inelasticity"][:], "C1--", label="inelasticity |S_11|, right scale")
    modulus.set(ylabel="|S_11|", ylim=(0, 1.05))
    above = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "fontsize": 8}
    lines = left.get_lines() + modulus.get_lines()
    modulus.legend(lines, [line.get_label() for line in lines], **above)
    length = (f", a0 = {file.attrs['a0_real_fm']:.3f} {file.attrs['a0_imaginary_fm']:+.3f} i fm"
              if "a0_real_fm" in file.attrs else "")
    draw_correlation(right, k, [(file["correlation"][:], "k-", f"C of {file.attrs['pair']}{length}"),
                                *((part[:], "--", f"of it produced as {part.attrs['channel']}")
                                  for part in contributions)])
    right.legend(ncol=2, **above)
    return figure
