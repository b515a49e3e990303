#!/usr/bin/python3
"""Likelihoods a second (of processor time) from Python beside those of C++, of the same points, in turns.

usage: likelihood_bench.py BUILD [ROUNDS]      from the project's root; prints JSON, a list of
       [what, most a second in C++, most in Python, their ratio]
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

build, rounds = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 9
sys.path.insert(0, str(build / "python"))
import hadronforce  # noqa: E402

# One s-wave, five free parameters; without bins as fast as likelihoods get, so that what Python adds counts most.
WELL = """data: {file: FILE}
pair: {name: a-b, mass1_MeV: 938, mass2_MeV: 1100}
potential: {form: sum_of_gaussians, strengths_MeV: [{start: -30}, {start: 100}], ranges_fm: [{start: 1.2}, 0.4]}
source: {form: gaussian, r0_fm: {start: 1.2, min: 0.5, max: 3}}
lambda: {start: 0.7, min: 0, max: 1}
"""


def in_python(config, calls):
    fit = hadronforce.Fit(config)
    i, j = np.arange(1, calls + 1)[:, None], np.arange(1, len(fit.names) + 1)[None, :]
    points = fit.start * (1 + 1e-2 * np.sin(i * j))
    total = 0.0
    begin = time.process_time()
    for x in points:
        total += fit.log_likelihood(x)
    return calls / (time.process_time() - begin), -2 * total


def in_cpp(config, calls):
    done = subprocess.run([build / "bench" / "bench_likelihood", config, str(calls)], check=True, capture_output=True,
                          text=True)
    return tuple(map(float, done.stdout.split()))


def compare(what, config, calls):
    """The best of all rounds, as other processes only take speed away; which goes first changes."""
    speeds = []
    for n in range(rounds):
        pair = {run: run(config, calls) for run in ((in_cpp, in_python) if n % 2 else (in_python, in_cpp))}
        assert abs(pair[in_python][1] / pair[in_cpp][1] - 1) < 1e-9, pair
        speeds.append((pair[in_cpp][0], pair[in_python][0]))
    cpp, python = np.max(speeds, axis=0).tolist()
    return [what, cpp, python, python / cpp]


with tempfile.TemporaryDirectory() as folder:
    results = []
    for what, header, half, calls in (("one s-wave, 60 bins", "k_low,k_high", 2.5, 20000),
                                      ("one s-wave, 60 momenta", "k_star", 0, 40000)):
        k = np.arange(5, 305, 5.0)
        momenta = [f"{a - half},{a + half}" if half else f"{a}" for a in k]
        rows = "".join(f"{m},{1 + 30 / (a + 20)},0.02\n" for m, a in zip(momenta, k))
        data, config = pathlib.Path(folder, "data.csv"), pathlib.Path(folder, "well.yaml")
        data.write_text(f"{header},C,stat_err\n{rows}")
        config.write_text(WELL.replace("FILE", str(data)))
        results.append(compare(what, str(config), calls))
if pathlib.Path("../shared/data/measured/pp_13TeV_MB_Ck_reweighted.csv").exists():
    results.append(compare("proton pairs (configs/pp_fit.yaml)", "configs/pp_fit.yaml", 300))
print(json.dumps(results))
