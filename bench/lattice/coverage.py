#!/usr/bin/env python3
"""How often the truth lies within the errors of a mock: repeats mock, fit and phase shifts with other noise.

usage: coverage.py HADRONFORCE [REPETITIONS]      from the project's root; writes to out/coverage
"""
import pathlib
import subprocess
import sys

import h5py

program, repetitions = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
folder = pathlib.Path("out/coverage")
folder.mkdir(parents=True, exist_ok=True)


def run(command, config, *settings):
    words = [word for setting in settings for word in ("--set", setting)]
    subprocess.run([program, command, f"configs/{config}", *words], check=True, stdout=subprocess.DEVNULL)


def results(path):
    with h5py.File(path) as file:
        values = {"a0_fm": file.attrs["a0_fm"], "r_eff_fm": file.attrs["r_eff_fm"],
                  "E_MeV": file["bound_states_MeV"][0]}
        errors = {}
        if "a0_fm_error" in file.attrs:
            errors = {"a0_fm": file.attrs["a0_fm_error"], "r_eff_fm": file.attrs["r_eff_fm_error"],
                      "E_MeV": file["bound_states_MeV_error"][0]}
    return values, errors


truth_config = folder / "truth.yaml"
truth_config.write_text("potential: {preset: n_omega_t12}\n"
                        "momentum: {k_min_MeV: 5, k_max_MeV: 200, points: 40, placement: end_points}\n"
                        f"output: {{file: {folder}/truth.h5}}\n")
subprocess.run([program, "phase-shifts", str(truth_config)], check=True, stdout=subprocess.DEVNULL)
truth, _ = results(folder / "truth.h5")
print("seed  " + "  ".join(f"{name:>22}" for name in truth))
print("true  " + "  ".join(f"{value:22.4f}" for value in truth.values()))
within = dict.fromkeys(truth, 0)
pulls = {name: [] for name in truth}
for seed in range(1, repetitions + 1):
    correlator, potential, shifts = (folder / f"{name}.h5" for name in ("correlator", "potential", "phase_shifts"))
    run("lattice-mock", "n_omega_lattice_mock.yaml", f"noise.seed={seed}", f"output.file={correlator}")
    run("lattice-fit", "n_omega_lattice_fit.yaml", f"data.file={correlator}", f"output.potential={potential}",
        f"output.learning_curve={folder}/curve.csv")
    run("phase-shifts", "n_omega_fitted_phase_shifts.yaml", f"interaction.file={potential}", f"output.file={shifts}",
        f"output.table={folder}/phase_shifts.csv")
    values, errors = results(shifts)
    for name in truth:
        pulls[name].append((values[name] - truth[name]) / errors[name])
        within[name] += abs(pulls[name][-1]) <= 1.0
    print(f"{seed:4d}  " + "  ".join(f"{values[n]:10.4f} +- {errors[n]:8.4f}" for n in truth), flush=True)
for name in truth:
    mean = sum(pulls[name]) / repetitions
    spread = (sum((p - mean) ** 2 for p in pulls[name]) / max(1, repetitions - 1)) ** 0.5
    print(f"{name}: truth within one error in {within[name]} of {repetitions}; pull {mean:+.2f} mean, {spread:.2f} "
          f"spread")
