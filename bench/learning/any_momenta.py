#!/usr/bin/python3
"""One network for any momenta beside networks that were trained at each: R^2 of both on the same samples with the same
errors.

usage: any_momenta.py PROGRAM CONFIGS [--epochs 30] [--form residual] [--folder DIR] [--ranks 2]

CONFIGS: the folder of any_momenta_generate.yaml and any_momenta_train.yaml. Momenta: 20, 60, 137 equal bins, the 25 of
STAR's Lambda-Lambda table (10 MeV/c up to 250), and the 25 of a p-Lambda table (12 MeV/c up to 300). --form: set or
convolutional see points themselves; what is trained at each has views of that many points and nothing cut.
"""

import argparse
import pathlib
import subprocess
import tempfile

import h5py
import numpy as np
import yaml

PLACES = {"20": (2, 298, 20), "60": (2, 298, 60), "137": (2, 298, 137), "STAR": (0, 250, 25), "p-Lambda": (0, 300, 25)}
ERRORS = {"0.1 to 10 %": "{log_uniform: [1.0e-3, 1.0e-1]}", "1 %": "1.0e-2"}
SAMPLES, FIRST, TESTED = 220000, 210000, 10000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("configs", type=pathlib.Path)
    parser.add_argument("--epochs", default="30")
    parser.add_argument("--form", default="residual", choices=["residual", "set", "convolutional"])
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--ranks", default="2")
    given = parser.parse_args()
    folder = given.folder or pathlib.Path(tempfile.mkdtemp())
    (folder / "out").mkdir(parents=True, exist_ok=True)
    program, configs = given.program.resolve(), given.configs.resolve()

    def run(command, config, *settings):
        arguments = [part for setting in settings for part in ("--set", setting)]
        subprocess.run(["mpirun", "-n", given.ranks, program, command, config, *arguments], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)

    def train(name, views, *settings):
        config = yaml.safe_load((configs / "any_momenta_train.yaml").read_text())
        config.pop("views")
        if views:
            config["views"] = views
        (folder / "train.yaml").write_text(yaml.safe_dump(config))
        if not (folder / f"out/{name}_model.h5").exists():
            if given.form != "residual":
                settings += (f"network={{form: {given.form}, widths: [64, 64], estimator: gaussian}}",)
            run("train", folder / "train.yaml", f"training.epochs={given.epochs}",
                f"output.model=out/{name}_model.h5", f"output.learning_curve=out/{name}.csv", *settings)

    def r_squared(model, place, errors):
        (folder / "predict.yaml").write_text(
            f"model: {{file: out/{model}_model.h5}}\n"
            f"dataset: {{file: out/{place}.h5, first_sample: {FIRST}, samples: {TESTED}}}\n"
            f"errors: {{size: {errors}}}\noutput: {{file: out/p.h5}}\n")
        run("predict", folder / "predict.yaml")
        with h5py.File(folder / "out/p.h5") as file:
            truth, answer = file["test/truth"][:], file["test/prediction"][:]
            names = [name.split(".")[-1].split("_")[0] for name in file["test/truth"].attrs["names"]]
        return names, 1 - np.mean((truth - answer) ** 2, axis=0) / np.var(truth, axis=0)

    if not (folder / "out/any_momenta.h5").exists():
        run("generate", configs / "any_momenta_generate.yaml")
    train("any", {"fewest_points": 20})
    largest = 0.0
    for place, (low, high, points) in PLACES.items():
        if not (folder / f"out/{place}.h5").exists():
            run("generate", configs / "any_momenta_generate.yaml", f"dataset.file=out/{place}.h5",
                f"dataset.samples={SAMPLES}", f"momentum={{k_min_MeV: {low}, k_max_MeV: {high}, points: {points}}}")
        # At the dataset's own momenta, or as near to these as views are.
        views = {"fewest_points": points, "most_points": points, "largest_cut": 0, "largest_missing": 0}
        train(place, views if given.form != "residual" else None, f"dataset.file=out/{place}.h5")
        for size, errors in ERRORS.items():
            names, of_any = r_squared("any", place, errors)
            _, of_own = r_squared(place, place, errors)
            apart = of_own - of_any
            largest = max(largest, apart.max())
            print(f"{place}, errors {size}: " + ", ".join(
                f"{name} {a:.4f} (own {b:.4f})" for name, a, b in zip(names, of_any, of_own)), flush=True)
    print(f"at most {largest:.4f} below networks that were trained at those momenta")


if __name__ == "__main__":
    main()
