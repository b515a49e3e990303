#!/usr/bin/python3
"""Pictures of the files that hadronforce writes: plot.py KIND FILE... -o picture.png (or .pdf)."""

import argparse
import math

from PIL import Image
from plots.box import box
from plots.budget import budget
from plots.common import fail, label_log_axes, zoom
from plots.correlations import correlations
from plots.fit import fit
from plots.inference import inference
from plots.lattice_potential import lattice_potential
from plots.learning_curve import learning_curve
from plots.pca import pca
from plots.phase_shifts import phase_shifts
from plots.potential import potential
from plots.predictions import predictions
from plots.samples import samples
from plots.scan import scan
from plots.solution import solution

KINDS = {
    "solution": (solution,
                 "potential and C(k*) beside the Lednicky-Lyuboshits model, or S_11 and C(k*) of coupled channels "
                 "(from solve)"),
    "correlations": (correlations, "C(k*) of several files and their ratios to the last (from solve)"),
    "samples": (samples, "draws of the prior and their C(k*) (from generate)"),
    "pca": (pca, "shares of principal components, components, scores, directions of V(r) (from pca)"),
    "learning-curve": (learning_curve, "losses by epoch or step (CSV, from train or lattice-fit)"),
    "predictions": (predictions, "true against predicted parameters with R^2 (from train)"),
    "phase-shifts": (phase_shifts,
                     "delta(k) and k cot(delta) with errors, of one or several files (from phase-shifts)"),
    "potential": (potential,
                  "what lattice-fit found: V_eff(r), U(r, r'), residuals, learning curve; further files are drawn "
                  "beside it: "
                             "a leading-order potential, a solution of solve with the true V(r), mock data with a "
                             "known U(r, r')"),
    "lattice-potential": (lattice_potential,
                          "leading-order potential, its terms and a fit to it (from lattice-potential)"),
    "box": (box, "k cot(delta) by Luescher's formula beside that without box, levels (from lattice-box)"),
    "budget": (budget, "where errors of lattice fits come from, each fit, averages with bands (from lattice-budget)"),
    "fit": (fit,
            "measured and fitted C(k*) with its band, what it is made of, residuals; or several fits to the same data "
            "(from fit)"),
    "scan": (scan, "chi^2 over one or two axes with n-sigma contours (from fit with a section scan)"),
    "inference": (inference, "inferred beside true V(r), data beside refit C(k*) (from infer)"),
}


def positive(text):
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    for name, (_, summary) in KINDS.items():
        kind = kinds.add_parser(name, help=summary, description=summary)
        kind.add_argument("files", nargs="+", metavar="FILE")
        kind.add_argument("-o", "--output", required=True, help="picture to write, .png or .pdf")
        if name in ("phase-shifts", "correlations", "fit"):
            kind.add_argument("-l", "--label", action="append", help="name of a file in the legend, once for each file")
        if name in ("solution", "correlations", "fit"):
            kind.add_argument("--zoom", type=positive, metavar="D", help="show C(k*) from 1 - D to 1 + D alone")
    arguments = parser.parse_args()
    if not arguments.output.endswith((".png", ".pdf")):
        fail(f"{arguments.output}: a picture's name must end in .png or .pdf")
    try:
        figure = KINDS[arguments.kind][0](arguments)
    except KeyError as error:
        fail(f"{arguments.files[0]}: is incomplete ({error}); write it again")
    if getattr(arguments, "zoom", None):
        zoom(figure, arguments.zoom)
    label_log_axes(figure)
    figure.tight_layout()
    try:
        figure.savefig(arguments.output)
        if arguments.output.endswith(".png"):  # 256 colours serve, at a third of the size
            Image.open(arguments.output).convert("RGB").quantize(256).save(arguments.output, optimize=True)
    except OSError as error:
        fail(f"{arguments.output}: cannot be written ({error.strerror}); make its directory or change the name")


if __name__ == "__main__":
    main()
