#!/usr/bin/python3
"""Time of a step and memory of a rank of lattice-fit against the number of distinct radii, on a 96^3 mock.

usage: kernel_fit_scaling.py HADRONFORCE      from the project's root; writes to out/scaling
"""
import csv
import os
import pathlib
import subprocess
import sys

import h5py

program = sys.argv[1]
folder = pathlib.Path("out/scaling")
folder.mkdir(parents=True, exist_ok=True)
subprocess.run([program, "lattice-mock", "configs/n_omega_lattice_mock.yaml", "--set", "lattice.L=96", "--set",
                "lattice.inverse_a_MeV=2333", "--set", "noise.configurations=4", "--set", "resampling.bin_size=1",
                "--set", f"output.file={folder}/correlator.h5"], check=True, stdout=subprocess.DEVNULL)
print("radii  cut (fm)  s a step  MB")
for cut in (0.95, 1.5, 2.1, 2.6, 3.0, 3.3, 3.6):
    words = [program, "lattice-fit", "configs/n_omega_lattice_fit.yaml"]
    for setting in (f"data.file={folder}/correlator.h5", f"data.cut_fm={cut}", "fit.most_steps=6", "fit.starts=1",
                    "fit.samples=false", "network.latent=3", "network.widths_f=[12,12]", "network.widths_g=[12,12]",
                    f"output.potential={folder}/potential.h5", f"output.learning_curve={folder}/curve.csv"):
        words += ["--set", setting]
    # A child of its own, so that the largest memory is that of this run.
    child = os.fork()
    if child == 0:
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        import resource
        (folder / "memory").write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024))
        os._exit(0)
    os.waitpid(child, 0)
    with h5py.File(folder / "potential.h5") as file:
        radii = len(file["r"])
    with open(folder / "curve.csv") as table:
        seconds = [float(row["seconds"]) for row in csv.DictReader(table)]
    step = (seconds[-1] - seconds[0]) / (len(seconds) - 1)
    print(f"{radii:5d} {cut:9.2f} {step:9.3f} {float((folder / 'memory').read_text()):8.0f}", flush=True)
