"""Data with errors, the fitted C(k*) with its band and what it is made of, residuals, of a file from `fit`; or several
fits to the same data."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np

from .common import fail, labels_of, open_kind, texts, with_error

SHOWN = {"r0_fm": ("$r_0$", " fm"), "a0_fm": ("$a_0$", " fm"), "r_eff_fm": (r"$r_\mathrm{eff}$", " fm"),
         "lambda": (r"$\lambda$", ""), "normalisation": ("$N$", "")}


def parameter_lines(file):
    group = file["parameters"]
    for path, value, error in zip(texts(group.attrs["names"]), group["values"][:], group["errors"][:]):
        name, unit = SHOWN.get(path.split(".")[-1] if path.startswith("source.") else path, (path, ""))
        if np.isnan(error):
            yield f"{name} not determined"
        else:
            yield f"{name} = {with_error(value, error)}{unit}" + (" (at its bound)" if error == 0 else "")


def chi2_line(file):
    chi2, degrees = file.attrs["chi2"], file.attrs["degrees_of_freedom"]
    return f"$\\chi^2$/ndf = {chi2:.1f}/{degrees:.0f}, p = {file.attrs['p_value']:.2g}"


def draw_data(top, group):
    k, low, high = (group[f"k_{name}_MeV"][:] for name in ("star", "low", "high"))
    top.errorbar(k, group["data/correlation"][:], group["data/error"][:], xerr=(k - low, high - k), fmt="k.", ms=3.5,
                 lw=0.9, label="data", zorder=3)
    top.axhline(1, color="black", lw=0.6)
    top.set_xlim(0, high.max())


def draw_fit(top, bottom, group, label, color, residuals="k."):
    k, model, band = (group[name][:] for name in ("k_star_MeV", "model/correlation", "model/error"))
    top.plot(k, model, color=color, lw=1.4, label=label)
    top.fill_between(k, model - band, model + band, color=color, alpha=0.3, lw=0)
    bottom.plot(k, group["residuals"][:], residuals, ms=3.5)


def draw_parts(top, group):
    """C of the genuine pairs; where there are such, baseline and contributions, each as if it were alone."""
    k = group["k_star_MeV"][:]
    top.plot(k, group["model/genuine"][:], "--", color="C1", lw=1, label="genuine pairs")
    if "model/baseline" not in group:  # a file of an earlier program
        return
    baseline, parts = group["model/baseline"][:], group["model/parts"]
    if np.ptp(baseline) > 1e-9:
        top.plot(k, baseline, "-.", color="gray", lw=1, label="baseline")
    for i, name in enumerate(texts(parts.attrs["names"])):
        if name != "genuine" and not name.startswith("shift of ") and np.abs(parts[i]).max() > 0:
            top.plot(k, baseline + parts[i], ":", color=f"C{i + 1}", lw=1.2, label=f"baseline and {name}")


def set_limits(top, bottom, groups, shown):
    """`shown`: datasets that must lie within the panel, beside the data."""
    data = np.concatenate([g["data/correlation"][:] + sign * g["data/error"][:] for g in groups for sign in (-1, 1)])
    values = np.concatenate([[1.0], data, *(g[name][:] for g in groups for name in shown)])
    low, high = values.min(), values.max()
    top.set_ylim(low - 0.06 * (high - low), high + 0.15 * (high - low))
    for level, style in ((0, "-"), (-2, ":"), (2, ":")):
        bottom.axhline(level, color="C0", lw=0.8, ls=style)
    reach = max(3.5, *(1.1 * np.abs(g["residuals"][:]).max() for g in groups))
    bottom.set_ylim(-reach, reach)
    bottom.set_xlabel("$k^*$ (MeV/c)")


def draw(top, bottom, group, lines, title):
    """Data, fit and residuals of one measurement."""
    draw_data(top, group)
    draw_fit(top, bottom, group, "\n".join(["fit", *lines]), "C0")
    draw_parts(top, group)
    set_limits(top, bottom, [group], ["model/genuine"])
    top.set_title(title, fontsize=10)
    top.legend(fontsize=9)


def draw_several(top, bottom, files, labels):
    """Fits to the same data in one panel."""
    for file in files:
        if "measurements" in file:
            fail(f"{file.filename}: has several measurements; fits of one are drawn together")
        if not np.array_equal(file["data/correlation"][:], files[0]["data/correlation"][:]):
            fail(f"{file.filename}: is a fit to other data than {files[0].filename}; the same are drawn together")
    draw_data(top, files[0])
    for i, (file, label) in enumerate(zip(files, labels)):
        draw_fit(top, bottom, file, f"{label}: {chi2_line(file)}", f"C{i}", f"C{i}.")
    set_limits(top, bottom, files, ["model/correlation"])
    top.set_title(files[0].attrs["pair"], fontsize=10)
    top.legend(fontsize=9)


def own_lines(file, name):
    """Of several measurements the parameters that are one's own, and its part of chi^2."""
    prefix = f"measurements.{name}."
    return [line.removeprefix(prefix) for line in parameter_lines(file) if line.startswith(prefix)] + [
        f"$\\chi^2$ = {file['measurements'][name].attrs['chi2']:.1f} of {len(file['measurements'][name]['residuals'])} "
        "bins"]


def fit(arguments):
    files = [open_kind(path, "fit") for path in arguments.files]
    file = files[0]
    names = texts(file["measurements"].attrs["names"]) if "measurements" in file and len(files) == 1 else []
    count = max(1, len(names))
    figure, panels = plt.subplots(2, count, figsize=(6.6 if count == 1 else 4.4 * count, 5.4), sharex="col",
                                  height_ratios=[3, 1], squeeze=False)
    if len(files) > 1:
        draw_several(panels[0, 0], panels[1, 0], files,
                     labels_of(arguments, [f"fit {i}" for i in range(1, len(files) + 1)]))
    elif names:
        for i, name in enumerate(names):
            group = file["measurements"][name]
            draw(panels[0, i], panels[1, i], group, own_lines(file, name), f"{name}: {group.attrs['pair']}")
        shared = [line for line in parameter_lines(file) if not line.startswith("measurements.")]
        figure.suptitle("\n".join(textwrap.wrap(", ".join([*shared, chi2_line(file)]), 55 * count)), fontsize=9)
    else:
        draw(panels[0, 0], panels[1, 0], file, [*parameter_lines(file), chi2_line(file)], file.attrs["pair"])
    panels[0, 0].set_ylabel("$C(k^*)$")
    panels[1, 0].set_ylabel(r"(data - fit)/$\sigma$")
    return figure
