#!/usr/bin/python3
"""What a network says of two potentials with the same phase shifts: docs/phase_equivalent.png and the table beside it.

usage: phase_equivalent.py PROGRAM DATASET PREDICTIONS PICTURE

DATASET of configs/phase_equivalent_generate.yaml, PREDICTIONS what `predict` wrote of its samples. Beside the network's
error of w stands the smallest that its errors of C allow (Fisher's, with r0 unknown too), from exact solutions.
"""

import pathlib
import subprocess
import sys
import tempfile

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

ERROR = 1e-3  # of C
PAIR = "pair: {name: p-Omega, mass1_MeV: 938.27208816, mass2_MeV: 1672.45}\n"
FORM = "rho_per_fm: 1.2, sigma_per_fm: 0.6, theta: 0.6"


def solution(program, form, r0):
    """C, phase shifts and V of one of the two."""
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "solve.yaml"
        config.write_text(f"{PAIR}potential: {{form: {form}, {FORM}}}\nsource: {{form: gaussian, r0_fm: {r0}}}\n"
                          "momentum: {k_min_MeV: 0, k_max_MeV: 300, points: 60}\nsolver: {tolerance: 1.0e-9}\n"
                          f"output: {{file: {folder}/s.h5}}\n")
        subprocess.run([program, "solve", str(config)], check=True, capture_output=True)
        with h5py.File(f"{folder}/s.h5") as file:
            return {name: file[name][:] for name in ("k_star_MeV", "correlation", "delta_rad", "potential/r_fm",
                                                     "potential/V_MeV")}


def curves(program, r0):
    """C of both at r0, and their slopes by ln r0."""
    c = {(form, shift): solution(program, form, r0 * np.exp(shift))["correlation"]
         for form in ("bargmann_1", "bargmann_2") for shift in (-1e-3, 0.0, 1e-3)}
    return [(c[form, 0.0], (c[form, 1e-3] - c[form, -1e-3]) / 2e-3) for form in ("bargmann_1", "bargmann_2")]


def fisher(program, r0):
    """The error of w that errors of C allow, root mean square over w."""
    (first, slope_1), (second, slope_2) = curves(program, r0)
    variances = []
    for w in np.linspace(0.025, 0.975, 20):
        slopes = np.column_stack([first - second, w * slope_1 + (1 - w) * slope_2])
        slopes /= (ERROR * (w * first + (1 - w) * second))[:, None]
        variances.append(np.linalg.inv(slopes.T @ slopes)[0, 0])
    return np.sqrt(np.mean(variances))


def main():
    program, dataset, predictions, picture = sys.argv[1:]
    with h5py.File(predictions) as file:
        names = [str(name) for name in file["test/truth"].attrs["names"]]
        truth, answer, error = (file[f"test/{name}"][:] for name in ("truth", "prediction", "error"))
    w, r0 = names.index("w"), next(i for i, name in enumerate(names) if name.endswith("r0_fm"))
    edges = np.geomspace(0.4, 6, 15)
    middle = np.sqrt(edges[1:] * edges[:-1])
    bins = [(truth[:, r0] >= a) & (truth[:, r0] < b) for a, b in zip(edges, edges[1:])]
    met = np.array([np.sqrt(np.mean((answer[b, w] - truth[b, w])**2)) for b in bins])
    said = np.array([np.sqrt(np.mean(error[b, w]**2)) for b in bins])
    bound = np.array([fisher(program, r) for r in middle])
    prior = 1 / np.sqrt(12)
    print("r0 (fm)  error met  error said  Fisher's bound with the prior")
    for row in zip(middle, met, said, 1 / np.hypot(1 / bound, 1 / prior)):
        print("{:6.2f} {:10.4f} {:11.4f} {:11.4f}".format(*row))

    first, second = (solution(program, form, 1.0) for form in ("bargmann_1", "bargmann_2"))
    print(f"largest difference of the phase shifts: {np.abs(first['delta_rad'] - second['delta_rad']).max():.1e} rad")
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.2))
    for found, label in ((first, "first"), (second, "second")):
        axes[0].plot(found["potential/r_fm"], found["potential/V_MeV"], label=label)
    axes[0].set(xlabel="r (fm)", ylabel="V (MeV)", xlim=(0, 3), title="the same phase shifts at all k*")
    axes[0].legend()
    for r, colour in ((0.6, "C3"), (1.2, "C2"), (3.0, "C4")):
        (one, _), (other, _) = curves(program, r)
        axes[1].plot(first["k_star_MeV"], one, color=colour, label=f"$r_0$ = {r} fm")
        axes[1].plot(first["k_star_MeV"], other, color=colour, ls="--")
    axes[1].set(xlabel="k* (MeV/c)", ylabel="C(k*)", title="first: solid, second: dashed")
    axes[1].legend()
    axes[2].loglog(middle, met, "o", label="the network's error of w")
    axes[2].loglog(middle, said, label="what it says of it")
    axes[2].loglog(middle, 1 / np.hypot(1 / bound, 1 / prior), "k--", label="Fisher's bound and prior")
    axes[2].axhline(prior, color="grey", lw=0.8, ls=":", label="prior alone")
    axes[2].set_xticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
    axes[2].set_xticks([], minor=True)
    axes[2].set(xlabel="$r_0$ (fm)", ylabel="standard error of w", ylim=(2e-4, 2), title="each C known to 0.1 %")
    axes[2].legend(fontsize=7, loc="upper left")
    figure.tight_layout()
    figure.savefig(picture, dpi=110)


if __name__ == "__main__":
    main()
