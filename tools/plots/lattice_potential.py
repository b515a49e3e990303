"""Terms of the leading-order potential, their sum and a fit to it, of a file from `lattice-potential`."""

import matplotlib.pyplot as plt
import numpy as np

from .common import HBAR_C_MEV_FM, only_file, open_kind


def shells(file, name, slice_, width, first):
    """r, mean and error (lattice units) of a term: points below `first` as they are, beyond it means over shells."""
    r, multiplicity, samples = file["r"][:], file["multiplicity"][:], file[name + "_samples"][:, slice_]
    edge = np.floor((r - first) / width).astype(int)
    label = np.where(r < first, -1 - np.arange(len(r)), edge)
    _, shell = np.unique(label, return_inverse=True)
    weight = np.bincount(shell, multiplicity)
    mean_r = np.bincount(shell, multiplicity * r) / weight
    of_sample = np.array([np.bincount(shell, multiplicity * sample) / weight for sample in samples])
    n = len(samples)
    scale = (n - 1) / n if file.attrs["resampling"] == "jackknife" else 1 / (n - 1)
    mean = of_sample.mean(axis=0)
    error = np.sqrt(scale * ((of_sample - mean) ** 2).sum(axis=0))
    order = np.argsort(mean_r)
    return mean_r[order], mean[order], error[order]


def shells_MeV(file, name, slice_):
    """The same in fm and MeV: single points up to 0.5 fm, then shells of 0.75 a."""
    inverse_a = file.attrs["inverse_a_MeV"]
    a_fm = HBAR_C_MEV_FM / inverse_a
    r, v, error = shells(file, name, slice_, 0.75, 0.5 / a_fm)
    return r * a_fm, v * inverse_a, error * inverse_a


def lattice_potential(arguments):
    file = open_kind(only_file(arguments), "lattice_potential")
    inverse_a = file.attrs["inverse_a_MeV"]
    a_fm = HBAR_C_MEV_FM / inverse_a
    slices = file["t"][:].astype(int)
    terms = [("kinetic", 0, r"$-H_0 R/R$", "tab:blue", "s"),
             ("ddt", 0, r"$-(\partial R/\partial t)/R$", "tab:green", "^"),
             ("d2dt2", 0, r"$\partial^2 R/\partial t^2$ term", "tab:orange", "v"), ("V", 0, "total", "black", "o")]
    if len(slices) > 1:  # the totals of all time slices instead of the terms of one
        terms = [("V", i, f"t/a = {t}", plt.cm.viridis(i / len(slices)), "o") for i, t in enumerate(slices)]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.9))
    lowest = 0
    for name, slice_, label, colour, marker in terms:
        r, v, error = shells_MeV(file, name, slice_)
        if name == "V":
            near = (r > 0.3) & (r < 1.5)
            lowest = min(lowest, (v - error)[near].min(initial=0))
        for axes in (left, right):
            axes.errorbar(r, v, error, fmt=marker, color=colour, ms=3, lw=0.8, mew=0, label=label,
                          zorder=3 if name == "V" else 2)
    for i, t in enumerate(slices):
        fit = file.get(f"fit_t{t}")
        if fit is None:
            continue
        colour = "tab:red" if len(slices) == 1 else plt.cm.viridis(i / len(slices))
        name = "fit" if len(slices) == 1 else f"fit at {t}"
        r, v, error = (fit[name][:] for name in ("curve_r_fm", "curve_V_MeV", "curve_V_error_MeV"))
        chi2 = fit.attrs["chi2"] / fit.attrs["degrees_of_freedom"]
        for axes in (left, right):
            axes.fill_between(r, v - error, v + error, color=colour, alpha=0.3, lw=0, zorder=4)
            axes.plot(r, v, color=colour, lw=1.2, zorder=5, label=f"{name}, chi2/dof = {chi2:.2f}")
    total = file["V"][:] * inverse_a
    top = total[:, file["r"][:] * a_fm <= 3].max()
    left.set(ylim=(-0.06 * top, 1.06 * top), ylabel="V (MeV)")
    depth = max(-lowest, 0.01 * top)
    right.set(ylim=(-1.15 * depth, depth), ylabel="V (MeV)")
    for axes in (left, right):
        axes.set(xlim=(0, 3), xlabel="r (fm)")
        axes.axhline(0, color="black", lw=0.6)
    left.legend()
    time = f", t/a = {slices[0]}" if len(slices) == 1 else ""
    left.set_title(f"{file.attrs['channel']}, L/a = {file.attrs['L']}, 1/a = {inverse_a:g} MeV{time}", fontsize=9)
    right.set_title("the same, enlarged; means over shells beyond 0.5 fm", fontsize=9)
    return figure
