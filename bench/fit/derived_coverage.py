#!/usr/bin/python3
"""Pulls of what `fit` derives from its parameters: a0, r_eff, phase shifts and V(r) of a fitted potential.

usage: derived_coverage.py PROGRAM [--replicas 200] [--error 0.01] [--seed 1] [--jobs 2]

Each replica is a measurement of a pair whose potential, source and normalisation vary: depth and range of a Gaussian
beside a repulsive core, r0; lambda is known to 3 %. 30 bins, errors of 1 % (--error) at 40 MeV/c. The truth is what
`solve` says of the same potential, and V(r) in closed form.
"""

import argparse
import concurrent.futures
import pathlib
import subprocess
import tempfile

import h5py
import numpy as np

PAIR = "pair: {mass1_MeV: 938.272, mass2_MeV: 1115.683}\n"
BINS = "{k_min_MeV: 0, k_max_MeV: 240, points: 30, placement: bin_averages}"
DEPTH_MEV, RANGE_FM, CORE_MEV, CORE_FM, R0_FM, LAMBDA = -75.0, 1.2, 300.0, 0.45, 1.2, 0.7
RADII_FM = (0.3, 0.6, 1.0, 1.5)


def potential(depth, width):
    return f"{{form: sum_of_gaussians, strengths_MeV: [{CORE_MEV}, {depth}], ranges_fm: [{CORE_FM}, {width}]}}"


def value_MeV(radius):
    return CORE_MEV * np.exp(-(radius / CORE_FM) ** 2) + DEPTH_MEV * np.exp(-(radius / RANGE_FM) ** 2)


def run(program, command, text, folder):
    (folder / "config.yaml").write_text(text)
    subprocess.run([program, command, "config.yaml"], cwd=folder, check=True, capture_output=True)


def exact(program, folder, error):
    """Bins with errors, and what the fits are to find."""
    common = PAIR + f"potential: {potential(DEPTH_MEV, RANGE_FM)}\nsource: {{form: gaussian, r0_fm: {R0_FM}}}\n"
    run(program, "solve", common + f"lambda: {LAMBDA}\nmomentum: {BINS}\noutput: {{file: solved.h5}}\n", folder)
    with h5py.File(folder / "solved.h5") as file:
        low, high, c = (file[key][:] for key in ("k_low_MeV", "k_high_MeV", "measured"))
    run(program, "solve", common + "momentum: {k_min_MeV: 0, k_max_MeV: 240, points: 30}\n"
        "output: {file: middle.h5}\n", folder)
    with h5py.File(folder / "middle.h5") as file:
        truth = {"a0_fm": file.attrs["a0_fm"], "r_eff_fm": file.attrs["r_eff_fm"]}
        delta = file["delta_rad"][:]
    return low, high, c, error * np.sqrt(c) / np.maximum(high / 40, 0.2), truth, delta


def pulls_of(program, curves, seed):
    low, high, c, error, truth, delta = curves
    random = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        data = c + error * random.standard_normal(len(c))
        rows = "".join(f"{a},{b},{v:.12g},{e:.12g}\n" for a, b, v, e in zip(low, high, data, error))
        (folder / "data.csv").write_text("k_low,k_high,C,stat_err\n" + rows)
        known = LAMBDA * (1 + 0.03 * random.standard_normal())
        run(program, "fit", PAIR + "data: {file: data.csv}\npotential: "
            + potential("{start: -40, min: -200, max: 0}", "{start: 1.0, min: 0.5, max: 2.5}")
            + f"\nsource: {{form: gaussian, r0_fm: {{start: 1.1, min: 0.5, max: 3}}}}\n"
            f"lambda: {{normal: [{known!r}, {0.03 * LAMBDA}], min: 0, max: 1.5}}\nnormalisation: {{start: 1}}\n"
            "fit: {profile: false}\nallow: [lambdas]\noutput: {file: fit.h5}\n", folder)
        found = {}
        with h5py.File(folder / "fit.h5") as file:
            group = file["parameters"]
            names = [n.decode() if isinstance(n, bytes) else n for n in group.attrs["names"]]
            true = {"potential.strengths_MeV[1]": DEPTH_MEV, "potential.ranges_fm[1]": RANGE_FM, "source.r0_fm": R0_FM,
                    "lambda": LAMBDA, "normalisation": 1.0}
            for name, value, one in zip(names, group["values"][:], group["errors"][:]):
                found[name] = (value - true[name]) / one
            derived = file["derived"]
            names = [n.decode() if isinstance(n, bytes) else n for n in derived["values"].attrs["names"]]
            for name, value, one in zip(names, derived["values"][:], derived["errors"][:]):
                if name in truth:
                    found[name] = (value - truth[name]) / one
            a0, of_a0 = (derived[which][:][names.index("a0_fm")] for which in ("values", "errors"))
            found["1/a0"] = (1 / a0 - 1 / truth["a0_fm"]) / (of_a0 / a0**2)
            curve, errors = derived["curves/delta_rad"][:], derived["curves/delta_rad_error"][:]
            for bin_number in (2, 7, 14, 25):
                k = 0.5 * (low[bin_number] + high[bin_number])
                found[f"delta({k:.0f} MeV/c)"] = (curve[bin_number] - delta[bin_number]) / errors[bin_number]
            radii = derived["potential/r_fm"][:]
            for radius in RADII_FM:
                place = int(np.argmin(np.abs(radii - radius)))
                found[f"V({radius} fm)"] = ((derived["potential/V_MeV"][0, place] - value_MeV(radii[place]))
                                            / derived["potential/V_error_MeV"][0, place])
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--replicas", type=int, default=200)
    parser.add_argument("--error", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    program = arguments.program.resolve()
    with tempfile.TemporaryDirectory() as place:
        curves = exact(program, pathlib.Path(place), arguments.error)
    print("truth: " + ", ".join(f"{name} = {value:.4g}" for name, value in curves[4].items()))
    seeds = range(arguments.seed * 100000, arguments.seed * 100000 + arguments.replicas)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(lambda seed: pulls_of(program, curves, seed), seeds))
    print(f"{len(results)} replicas, seed {arguments.seed}")
    print(f"{'quantity':<28} {'mean':>7} {'width':>6} {'within':>7}")
    for name in results[0]:
        column = np.array([result[name] for result in results])
        print(f"{name:<28} {np.mean(column):+7.2f} {np.std(column, ddof=1):6.2f} "
              f"{100 * np.mean(np.abs(column) < 1):6.0f}%")


if __name__ == "__main__":
    main()
