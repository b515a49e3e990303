#!/usr/bin/python3
"""How well lattice-fit learns the exactly solvable kernel: U, phase shifts, scattering length, binding energy, for some
first parameters.

usage: separable_fit.py HADRONFORCE CUT [SEEDS]      from the project's root; writes to out/separable
"""
import csv
import pathlib
import subprocess
import sys
import time

import h5py
import numpy as np

program, cut = sys.argv[1], float(sys.argv[2])
seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
folder = pathlib.Path("out/separable")
folder.mkdir(parents=True, exist_ok=True)
OMEGA, MU, M = -0.017, 1.0, 3.30
A0, ENERGY = 7.39708746998864, -0.00589061731463104


def run(command, config, *settings, ranks=1):
    words = [word for setting in settings for word in ("--set", setting)]
    subprocess.run(["mpirun", "-n", str(ranks), program, command, f"configs/{config}", *words], check=True,
                   stdout=subprocess.DEVNULL)


def exact_delta(k):
    q = MU**2 + k**2
    k_cot = -(2 * MU * (MU**2 - k**2) - (3 * MU**2 + k**2) * q**2 / (4 * MU**3)
              + q**4 / (8 * np.pi * M * OMEGA)) / (4 * MU**2)
    return np.arctan2(k, k_cot) % np.pi


run("lattice-mock", "separable_lattice_mock.yaml", f"radii.cut={cut}", f"output.file={folder}/waves.h5")
print("seed  seconds  residual  error of U  max |delta - exact| (degrees)  a0        E")
for seed in range(1, seeds + 1):
    begin = time.monotonic()
    run("lattice-fit", "separable_lattice_fit.yaml", f"data.file={folder}/waves.h5", f"fit.seed={seed}",
        f"output.potential={folder}/potential.h5", f"output.learning_curve={folder}/curve.csv", ranks=2)
    seconds = time.monotonic() - begin
    run("phase-shifts", "separable_fitted_phase_shifts.yaml", f"interaction.file={folder}/potential.h5",
        f"output.file={folder}/phase_shifts.h5", f"output.table={folder}/phase_shifts.csv")
    with h5py.File(folder / "potential.h5") as file:
        r, measure, u, residual = file["r"][:], file["measure"][:], file["U"][:], file.attrs["residual"]
    inside = r < 3 / MU
    truth = OMEGA * np.exp(-MU * (r[:, None] + r[None, :]))
    weight = np.outer(measure * inside, measure * inside)
    error = np.sqrt((weight * (u - truth) ** 2).sum() / (weight * truth**2).sum())
    with open(folder / "phase_shifts.csv") as table:
        rows = np.array([[float(row["k"]), float(row["delta_rad"])] for row in csv.DictReader(table)])
    below = rows[:, 0] <= 1.5 * MU
    off = np.degrees(np.abs(np.sin(rows[below, 1] - exact_delta(rows[below, 0])))).max()
    with h5py.File(folder / "phase_shifts.h5") as file:
        a0, states = file.attrs["a0"], file["bound_states"][:]
    print(f"{seed:4d} {seconds:8.1f} {residual:9.1e} {error:11.2e} {off:30.4f}  {a0:.5f} "
          f"{' '.join(f'{e:.8f}' for e in states)}", flush=True)
print(f"exact: a0 {A0:.5f}, E {ENERGY:.8f}")
