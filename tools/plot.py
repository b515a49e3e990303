#!/usr/bin/python3
"""Pictures of the files that hadronforce writes: plot.py KIND FILE... -o picture.png (or .pdf)."""

import argparse
import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

HBAR_C_MEV_FM = 197.3269804

plt.rcParams.update({
    "figure.dpi": 110, "font.size": 10, "axes.grid": True, "grid.alpha": 0.3, "legend.frameon": False,
    "axes.spines.top": False, "axes.spines.right": False,
})


def fail(message):
    print(f"plot.py: {message}", file=sys.stderr)
    sys.exit(2)


def open_kind(path, kind):
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        fail(f"{path}: cannot be read ({error}); give an HDF5 file that hadronforce wrote")
    found = file.attrs.get("kind", "foreign")
    if found != kind:
        fail(f"{path}: is a {found} file; a {kind} file is needed")
    return file


def unit_label(name, unit):
    return name if unit in ("", "1") else f"{name} ({unit})"


def draw_potential(axes, r, curves):
    """V(r), cut so that a deep core does not hide the rest."""
    for v, style, label in curves:
        axes.plot(r, v, style, label=label)
    everything = np.concatenate([v for v, _, _ in curves])
    low, high = np.percentile(everything[np.isfinite(everything)], [0.2, 99.5])
    margin = 0.1 * (high - low) + 1
    axes.set_ylim(low - margin, high + margin)
    axes.set_xlim(0, 3)
    axes.set_xlabel("r (fm)")
    axes.set_ylabel("V (MeV)")
    axes.axhline(0, color="black", lw=0.6)
    axes.legend()


def draw_correlation(axes, k, curves):
    for c, style, label in curves:
        axes.plot(k, c, style, label=label, ms=3)
    axes.axhline(1, color="black", lw=0.6)
    axes.set_xlabel("k* (MeV/c)")
    axes.set_ylabel("C(k*)")
    axes.legend()


def solution(arguments):
    file = open_kind(arguments.files[0], "solution")
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


def config_of(file):
    """The `potential` section of a dataset's config: 'key: value' lines, which is all that is needed of YAML here."""
    settings, inside = {}, False
    for line in file.attrs["config"].splitlines():
        if not line.startswith(" "):
            inside = line.startswith("potential:")
        elif inside and ":" in line:
            key, value = line.strip().split(":", 1)
            settings[key] = value.strip()
    return settings


def gaussian_plus_yukawa_power(r, p):
    m = p["m_pi_MeV"] / HBAR_C_MEV_FM
    tail = -p["b3_MeV_fm2"] * np.expm1(-p["b4_per_fm2"] * r**2) * (np.exp(-m * r) / r) ** p["n_pi"]
    return p["b1_MeV"] * np.exp(-p["b2_per_fm2"] * r**2) + tail


def samples(arguments):
    file = open_kind(arguments.files[0], "dataset")
    settings = config_of(file)
    if settings.get("form") != "gaussian_plus_yukawa_power":
        fail(f"{arguments.files[0]}: V(r) of samples is drawn for gaussian_plus_yukawa_power only")
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


def learning_curve(arguments):
    try:
        curve = np.atleast_1d(np.genfromtxt(arguments.files[0], delimiter=",", names=True))
    except (OSError, ValueError) as error:
        fail(f"{arguments.files[0]}: cannot be read ({error})")
    figure, axes = plt.subplots(figsize=(5.5, 3.6))
    axes.semilogy(curve["epoch"], curve["training_loss"], label="training")
    axes.semilogy(curve["epoch"], curve["validation_loss"], label="validation")
    axes.set(xlabel="epoch", ylabel="mean squared error (standardised)")
    rate = axes.twinx()
    rate.plot(curve["epoch"], curve["learning_rate"], color="grey", lw=0.8, ls=":", label="learning rate")
    rate.set_ylabel("learning rate")
    rate.grid(False)
    lines = axes.get_lines() + rate.get_lines()
    axes.legend(lines, [line.get_label() for line in lines])
    return figure


def predictions(arguments):
    file = open_kind(arguments.files[0], "predictions")
    truth, prediction = file["test/truth"], file["test/prediction"]
    names = list(truth.attrs["names"])
    units = [unit.strip() for unit in truth.attrs["unit"].split(",")]
    figure, panels = plt.subplots(1, len(names), figsize=(4.2 * len(names), 3.8), squeeze=False)
    for i, (axes, name, unit) in enumerate(zip(panels[0], names, units)):
        t, p = truth[:, i], prediction[:, i]
        r_squared = 1 - np.sum((p - t) ** 2) / np.sum((t - t.mean()) ** 2)
        axes.plot(t, p, ".", ms=3, label=f"test part, $R^2$ = {r_squared:.6f}")
        axes.plot([t.min(), t.max()], [t.min(), t.max()], "k-", lw=0.6, label="exact")
        axes.set(xlabel=unit_label(f"true {name}", unit), ylabel=unit_label(f"predicted {name}", unit))
        axes.legend(fontsize=8)
    return figure


def inference(arguments):
    file = open_kind(arguments.files[0], "inference")
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


def phase_shifts(arguments):
    file = open_kind(arguments.files[0], "phase_shifts")
    natural = "k" in file
    k = file["k" if natural else "k_star_MeV"][:]
    length = "" if natural else " fm"
    a0, r_eff = (file.attrs[name + ("" if natural else "_fm")] for name in ("a0", "r_eff"))
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
    left.plot(k, np.degrees(file["delta_rad"][:]), "-")
    left.set_ylabel("phase shift (degrees)")
    hbar_c = 1 if natural else HBAR_C_MEV_FM
    low = k < k[0] + 0.35 * (k[-1] - k[0])
    right.plot(k[low] ** 2, file["k_cot_delta" if natural else "k_cot_delta_per_fm"][:][low], "-", label="k cot(delta)")
    right.plot(k[low] ** 2, -1 / a0 + r_eff * (k[low] / hbar_c) ** 2 / 2, "k--", lw=0.9, label="-1/a0 + r_eff k^2/2")
    right.set_ylabel("k cot(delta)" if natural else "k cot(delta) (1/fm)")
    right.set_title(f"a0 = {a0:.4g}{length}, r_eff = {r_eff:.4g}{length}", fontsize=9)
    right.legend()
    left.set_xlabel("k (natural units)" if natural else "k* (MeV/c)")
    right.set_xlabel("k^2 (natural units)" if natural else "k*^2 ((MeV/c)^2)")
    return figure


def potential(arguments):
    file = open_kind(arguments.files[0], "potential")
    natural = file.attrs["units"] == "natural"
    length, energy = ("", "") if natural else (" (fm)", " (MeV)")
    r, u = file["r"][:], file["U"][:]
    strong = np.abs(np.diag(u)) > 1e-3 * np.abs(u).max()
    reach = r[np.nonzero(strong)[0].max()]
    inside = r <= reach
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 3.8))
    levels = left.contourf(r[inside], r[inside], u[np.ix_(inside, inside)], 20, cmap="viridis")
    figure.colorbar(levels, ax=left, label="U(r, r')" + ("" if natural else " (MeV/fm^3)"))
    left.set(xlabel="r" + length, ylabel="r'" + length, aspect="equal")
    colours = plt.cm.plasma(np.linspace(0, 0.9, len(file["momentum"])))
    residual = file["relative_residual"][:]
    for i, colour in enumerate(colours):
        label = f"k = {file['momentum'][i]:.3g}" if i in (0, len(colours) - 1) else None
        middle.plot(r[inside], file["effective_local"][i][inside], color=colour, lw=0.9, label=label)
        right.semilogy(r, np.abs(residual[i]) + 1e-12, color=colour, lw=0.8)
    # Where a wave passes zero the ratio has a pole.
    low, high = np.percentile(file["effective_local"][:, inside], [3, 97])
    for line in middle.get_lines():
        v = line.get_ydata()
        line.set_ydata(np.where((v < low) | (v > high), np.nan, v))
    middle.set(xlabel="r" + length, ylabel="U psi / psi" + energy, ylim=(low - 0.1 * (high - low), high + 0.1 * (high - low)))
    middle.legend(fontsize=8)
    right.set(xlabel="r" + length, ylabel="relative residual", title=f"{file.attrs['fit_end']}, {file.attrs['residual']:.1e}")
    right.title.set_fontsize(9)
    return figure


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


def lattice_potential(arguments):
    file = open_kind(arguments.files[0], "lattice_potential")
    inverse_a = file.attrs["inverse_a_MeV"]
    a_fm = HBAR_C_MEV_FM / inverse_a
    slices = file["t"][:].astype(int)
    terms = [("kinetic", 0, r"$-H_0 R/R$", "tab:blue", "s"), ("ddt", 0, r"$-(\partial R/\partial t)/R$", "tab:green", "^"),
             ("d2dt2", 0, r"$\partial^2 R/\partial t^2$ term", "tab:orange", "v"), ("V", 0, "total", "black", "o")]
    if len(slices) > 1:  # the totals of all time slices instead of the terms of one
        terms = [("V", i, f"t/a = {t}", plt.cm.viridis(i / len(slices)), "o") for i, t in enumerate(slices)]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.9))
    lowest = 0
    for name, slice_, label, colour, marker in terms:
        r, v, error = shells(file, name, slice_, 0.75, 0.5 / a_fm)
        r, v, error = r * a_fm, v * inverse_a, error * inverse_a
        if name == "V":
            near = (r > 0.3) & (r < 1.5)
            lowest = min(lowest, (v - error)[near].min(initial=0))
        for axes in (left, right):
            axes.errorbar(r, v, error, fmt=marker, color=colour, ms=3, lw=0.8, mew=0, label=label, zorder=3 if name == "V" else 2)
    if "fit" in file:
        fit = file["fit"]
        r, v, error = (fit[name][:] for name in ("curve_r_fm", "curve_V_MeV", "curve_V_error_MeV"))
        chi2 = fit.attrs["chi2"] / fit.attrs["degrees_of_freedom"]
        for axes in (left, right):
            axes.fill_between(r, v - error, v + error, color="tab:red", alpha=0.3, lw=0, zorder=4)
            axes.plot(r, v, color="tab:red", lw=1.2, zorder=5, label=f"fit, chi2/dof = {chi2:.2f}")
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


KINDS = {
    "solution": (solution, "potential and C(k*) beside the Lednicky-Lyuboshits model (from solve)"),
    "samples": (samples, "draws of the prior and their C(k*) (from generate)"),
    "learning-curve": (learning_curve, "losses and learning rate (CSV, from train)"),
    "predictions": (predictions, "true against predicted parameters with R^2 (from train)"),
    "phase-shifts": (phase_shifts, "delta(k) and k cot(delta) beside the effective-range expansion (from phase-shifts)"),
    "potential": (potential, "fitted U(r, r'), what it does to each wave, residuals (from lattice-fit)"),
    "lattice-potential": (lattice_potential, "leading-order potential, its terms and a fit to it (from lattice-potential)"),
    "inference": (inference, "inferred beside true V(r), data beside refit C(k*) (from infer)"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    for name, (_, summary) in KINDS.items():
        kind = kinds.add_parser(name, help=summary, description=summary)
        kind.add_argument("files", nargs=1, metavar="FILE")
        kind.add_argument("-o", "--output", required=True, help="picture to write, .png or .pdf")
    arguments = parser.parse_args()
    if not arguments.output.endswith((".png", ".pdf")):
        fail(f"{arguments.output}: a picture's name must end in .png or .pdf")
    try:
        figure = KINDS[arguments.kind][0](arguments)
    except KeyError as error:
        fail(f"{arguments.files[0]}: is incomplete ({error}); write it again")
    figure.tight_layout()
    try:
        figure.savefig(arguments.output)
    except OSError as error:
        fail(f"{arguments.output}: cannot be written ({error.strerror}); make its directory or change the name")


if __name__ == "__main__":
    main()
