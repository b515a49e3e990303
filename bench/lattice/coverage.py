#!/usr/bin/python3
"""How well errors of lattice-fit cover the truth of a mock: repeats mock, fit and phase shifts with other noise.

usage: coverage.py HADRONFORCE [MOCK FIT [SHIFTS]] [--budget] [--seeds N] [--first SEED]
                   [--vary KEY VALUE ...] [--set KEY=VALUE ...]
from the project's root; writes to out/coverage. MOCK, FIT, SHIFTS: configs of lattice-mock, lattice-fit and
phase-shifts of what was fitted; those of N-Omega if left out. The truth is what phase-shifts says of the mock's
potential at the momenta of SHIFTS. With --budget FIT is one of lattice-budget, whose averages, total errors and momenta
are taken. --vary repeats the fit with each value of one of its keys, --set changes it in all.

Prints for a0, r_eff, the deepest bound state and ten phase shifts: the truth; mean and width of the pulls (value -
truth)/error; how often the truth lies within one error; the mean error, and of a budget the statistical part; the
scatter of the values.
"""
import argparse
import concurrent.futures
import pathlib
import statistics
import subprocess

import h5py
import yaml

configs = ["configs/n_omega_" + name for name in
           ("lattice_mock.yaml", "lattice_fit.yaml", "fitted_phase_shifts.yaml")]
parser = argparse.ArgumentParser()
parser.add_argument("program")
for name, default in zip(("mock", "fit", "shifts"), configs):
    parser.add_argument(name, nargs="?", default=default)
parser.add_argument("--budget", action="store_true")
parser.add_argument("--seeds", type=int, default=20)
parser.add_argument("--first", type=int, default=1)
parser.add_argument("--vary", nargs="+", metavar=("KEY", "VALUE"))
parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE")
options = parser.parse_intermixed_args()
if options.budget and options.fit == configs[1]:
    options.fit = "configs/n_omega_budget.yaml"
variants = [f"{options.vary[0]}={value}" for value in options.vary[1:]] if options.vary else [None]
folder = pathlib.Path("out/coverage")
folder.mkdir(parents=True, exist_ok=True)


def run(command, config, *settings):
    words = [word for setting in settings for word in ("--set", setting)]
    subprocess.run([options.program, command, config, *words], check=True, stdout=subprocess.DEVNULL)


def phase_shifts(config, name, *settings):
    """Values and errors by name, those that the file has."""
    run("phase-shifts", config, "momentum.points=10", f"output.file={folder}/{name}.h5",
        f"output.table={folder}/{name}.csv", *settings)
    values, errors = {}, {}
    with h5py.File(folder / f"{name}.h5") as file:
        for key in ("a0_fm", "r_eff_fm"):
            values[key], errors[key] = file.attrs[key], file.attrs.get(f"{key}_error")
        if file["bound_states_MeV"].shape[0] > 0:
            values["E_MeV"] = file["bound_states_MeV"][:].ravel()[0]
            if "bound_states_MeV_error" in file:
                errors["E_MeV"] = file["bound_states_MeV_error"][:].ravel()[0]
        deltas = file["delta_rad_error"][:].ravel() if "delta_rad_error" in file else [None] * 10
        for k, delta, error in zip(file["k_star_MeV"][:].ravel(), file["delta_rad"][:].ravel(), deltas):
            values[f"delta({k:.0f})"], errors[f"delta({k:.0f})"] = delta, error
    return values, errors


def budget(correlator, name, *settings):
    """Averages and total errors by name, and the statistical ones."""
    run("lattice-budget", options.fit, f"data.file={correlator}", f"output.file={folder}/{name}.h5",
        f"output.table={folder}/{name}.csv", "momentum.points=10", *settings)
    values, errors = {}, {}
    with h5py.File(folder / f"{name}.h5") as file:
        for key in ("a0_fm", "r_eff_fm", "E_MeV"):
            if key in file:
                values[key], errors[key] = file[key][:].ravel()[0], file[f"{key}_total"][:].ravel()[0]
                statistical.setdefault(key, []).append(file[f"{key}_statistical"][:].ravel()[0])
        for k, delta, error in zip(*(file[key][:].ravel() for key in ("k_star_MeV", "delta_rad", "delta_rad_total"))):
            values[f"delta({k:.0f})"], errors[f"delta({k:.0f})"] = delta, error
    return values, errors


def repeat(seed):
    """Values and errors of each variant."""
    run("lattice-mock", options.mock, f"noise.seed={seed}", f"output.file={folder}/correlator_{seed}.h5")
    results = []
    for number, variant in enumerate(variants):
        name = f"{seed}_{number}"
        if options.budget:
            results.append(budget(f"{folder}/correlator_{seed}.h5", name, *options.set,
                                  *([variant] if variant else [])))
            continue
        run("lattice-fit", options.fit, f"data.file={folder}/correlator_{seed}.h5",
            f"output.potential={folder}/potential_{name}.h5", f"output.learning_curve={folder}/curve_{name}.csv",
            *options.set, *([variant] if variant else []))
        results.append(phase_shifts(options.shifts, name, f"interaction.file={folder}/potential_{name}.h5"))
    return results


statistical = {}
mock, shifts = (yaml.safe_load(pathlib.Path(name).read_text())
                for name in (options.mock, options.fit if options.budget else options.shifts))
(folder / "truth.yaml").write_text(yaml.safe_dump({key: mock[key] for key in ("pair", "potential", "interaction")
                                                   if key in mock} | {"momentum": shifts["momentum"], "output": {}}))
truth, _ = phase_shifts(folder / "truth.yaml", "truth")
with concurrent.futures.ThreadPoolExecutor(2) as two:
    of_seeds = list(two.map(repeat, range(options.first, options.first + options.seeds)))
for number, variant in enumerate(variants):
    print(f"{variant or options.fit}\n{'':12}     truth  pulls: mean  width  within  error     scatter")
    for name, true in truth.items():
        results = [(values[name], errors[name]) for values, errors in (seed[number] for seed in of_seeds)
                   if name in values and errors.get(name)]
        if len(results) < 2:
            print(f"{name:12} {true:9.4f}  found with an error in {len(results)} of {options.seeds}")
            continue
        pulls = [(value - true) / error for value, error in results]
        print(f"{name:12} {true:9.4f} {statistics.mean(pulls):12.2f} {statistics.stdev(pulls):6.2f} "
              f"{sum(abs(pull) <= 1.0 for pull in pulls) / len(pulls):7.2f}  "
              f"{statistics.mean(error for _, error in results):8.4f} "
              f"{statistics.stdev(value for value, _ in results):8.4f}"
              + (f"  statistical {statistics.mean(statistical[name]):.4f}" if name in statistical else "")
              + (f"  of {len(results)} seeds" if len(results) < options.seeds else ""))
