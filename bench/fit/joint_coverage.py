#!/usr/bin/python3
"""How well a simultaneous fit knows what it finds: mock p-p and p-Lambda correlation functions in four bins of mT, with
one law for the radius and a lambda each, fitted many times.

usage: joint_coverage.py PROGRAM [--replicas 100] [--known] [--seed 1] [--jobs 2]

--known: lambdas are known beforehand to 0.03 (each replica's knowledge is drawn), and all bins have an error of 1 % in
common. Prints for each parameter mean and width of the pulls (fitted - true)/error, and how many lie within one error.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import tempfile

import h5py
import numpy as np

MT_GEV = (1.1, 1.3, 1.6, 2.2)
TRUTH = {"core": 1.15, "slope": -0.45}
LAMBDA = {"pp": 0.67, "pl": 0.5}
PAIRS = {
    "pp": """pair: {name: p-p, mass1_MeV: 938.27208816, mass2_MeV: 938.27208816, charge_product: 1}
channels:
  - {weight: 0.25, symmetry: even, waves: [{l: 0, preset: argonne_v18_pp_1s0}]}
  - {weight: 0.75, symmetry: odd}
""",
    "pl": """pair: {name: p-Lambda, mass1_MeV: 938.27208816, mass2_MeV: 1115.683}
channels:
  - {weight: 0.25, waves: [{l: 0, preset: usmani_1s0}]}
  - {weight: 0.75, waves: [{l: 0, preset: usmani_3s1}]}
"""}
NAMES = [f"{pair}{i}" for pair in PAIRS for i in range(len(MT_GEV))]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1",
               "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def truth_of(name):
    return LAMBDA[name[:2]] - 0.03 * int(name[2])


def run(program, command, config, folder):
    (folder / "config.yaml").write_text(config)
    done = subprocess.run([program, command, "config.yaml"], cwd=folder, capture_output=True, text=True,
                          env=ENVIRONMENT)
    if done.returncode != 0:
        raise RuntimeError(done.stderr + done.stdout)


def exact(program, folder):
    """C in the bins of each measurement, and errors as a measurement has them: pairs go with k^2."""
    curves = {}
    for name in NAMES:
        r0 = TRUTH["core"] * MT_GEV[int(name[2])] ** TRUTH["slope"]
        run(program, "solve", PAIRS[name[:2]] + f"""source: {{form: gaussian, r0_fm: {r0!r}}}
lambda: {truth_of(name)}
momentum: {{k_min_MeV: 0, k_max_MeV: 240, points: 30, placement: bin_averages}}
output: {{file: solved.h5}}
""", folder)
        with h5py.File(folder / "solved.h5") as file:
            low, high, c = (file[key][:] for key in ("k_low_MeV", "k_high_MeV", "measured"))
        error = 0.02 * np.sqrt(c) * (1.2 if name[:2] == "pl" else 1.0) / np.maximum(high / 40, 0.2)
        curves[name] = low, high, c, error
    return curves


def fitted(program, curves, known, seed):
    """Pulls of all parameters of one replica."""
    random = np.random.default_rng([seed, int(known)])
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        common = random.standard_normal() if known else 0.0
        text = "parameters:\n  core: {start: 1.0, min: 0.5, max: 2, unit: fm}\n  slope: {start: -0.2}\nmeasurements:\n"
        truth = {**TRUTH, **({"shift of scale": common} if known else {})}
        for name in NAMES:
            low, high, c, error = curves[name]
            data = c * (1 + 0.01 * common) + error * random.standard_normal(len(c))
            rows = "".join(f"{a},{b},{v:.12g},{e:.12g}\n" for a, b, v, e in zip(low, high, data, error))
            (folder / f"{name}.csv").write_text("k_low,k_high,C,stat_err\n" + rows)
            truth[f"measurements.{name}.lambda"] = truth_of(name)
            beforehand = truth_of(name) + 0.03 * random.standard_normal()
            free = f"normal: [{beforehand!r}, 0.03]" if known else "start: 0.6"
            pair = "    " + PAIRS[name[:2]].replace("\n", "\n    ").rstrip() + "\n"
            text += (f"  {name}:\n    data: {{file: {name}.csv"
                     + (", correlated: {scale: {relative: 0.01}}" if known else "") + f"}}\n{pair}"
                     f"    source: {{form: gaussian, r0_fm: {{formula: core * {MT_GEV[int(name[2])]}^slope}}}}\n"
                     f"    lambda: {{{free}, min: 0, max: 1}}\n")
        run(program, "fit", text + "fit: {profile: false}\noutput: {file: fit.h5}\n", folder)
        with h5py.File(folder / "fit.h5") as file:
            group = file["parameters"]
            names = [n.decode() if isinstance(n, bytes) else n for n in group.attrs["names"]]
            pulls = (group["values"][:] - [truth[n] for n in names]) / group["errors"][:]
            return names, pulls, file.attrs["chi2"], file.attrs["degrees_of_freedom"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--replicas", type=int, default=100)
    parser.add_argument("--known", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    program = arguments.program.resolve()
    with tempfile.TemporaryDirectory() as place:
        curves = exact(program, pathlib.Path(place))
    seeds = range(arguments.seed * 100000, arguments.seed * 100000 + arguments.replicas)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(lambda seed: fitted(program, curves, arguments.known, seed), seeds))
    pulls = np.array([result[1] for result in results])
    chi2 = np.array([result[2] / result[3] for result in results])
    print(f"{len(results)} replicas, seed {arguments.seed}, chi2/ndf {chi2.mean():.3f}")
    print(f"{'parameter':<26} {'mean':>7} {'width':>6} {'within':>7}")
    for name, column in zip(results[0][0], pulls.T):
        print(f"{name:<26} {column.mean():+7.2f} {column.std(ddof=1):6.2f} {100 * np.mean(np.abs(column) < 1):6.0f}%")
    print(f"{'all':<26} {pulls.mean():+7.2f} {pulls.std(ddof=1):6.2f} {100 * np.mean(np.abs(pulls) < 1):6.0f}%")


if __name__ == "__main__":
    main()
