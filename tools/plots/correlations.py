"""C(k*) of several files from `solve`, and each one's ratio to the last: that of a small source to a large one has lost
most of the charges' part."""

import matplotlib.pyplot as plt
import numpy as np

from .common import fail, labels_of, open_any
from .curves import draw_correlation


def sizes_of_sources(files):
    sizes = [file.attrs.get("r0_fm") for file in files]
    if None in sizes or len(set(sizes)) < len(sizes):
        return [f"file {i}" for i in range(1, len(files) + 1)]
    return [f"r0 = {size:g} fm" for size in sizes]


def correlations(arguments):
    files = [open_any(path, ["solution"]) for path in arguments.files]
    names = labels_of(arguments, sizes_of_sources(files))
    figure, axes = plt.subplots(1, 2 if len(files) > 1 else 1, figsize=(9 if len(files) > 1 else 4.5, 3.6),
                                squeeze=False)
    left = axes[0, 0]
    for file, name in zip(files, names):
        draw_correlation(left, file["k_star_MeV"][:], [(file["correlation"][:], "-", name)])
    left.set_title(files[0].attrs.get("pair", ""), fontsize=9)
    if len(files) > 1:
        right, last = axes[0, 1], files[-1]
        for file, name in zip(files[:-1], names):
            k = file["k_star_MeV"][:]
            if not np.array_equal(k, last["k_star_MeV"][:]):
                fail(f"{file.filename}: has other k* than {last.filename}; ratios need the same")
            right.plot(k, file["correlation"][:] / last["correlation"][:], label=f"{name} over {names[-1]}")
        right.axhline(1, color="black", lw=0.6)
        right.set(xlabel="k* (MeV/c)", ylabel="ratio of C(k*)")
        right.legend()
    return figure
