"""One small run of every command, a second or less each, and the files they read, for tests of where files go."""

import os
import pathlib
import subprocess
import tempfile

import h5py
import numpy as np

import lattice_files
from fit_configs import MOCK
from program import PROGRAM, InFolder, run

HAS_LEARNING = (PROGRAM.parent / "hadronforce-learning").exists()

PAIR = "pair: {name: A-B, mass1_MeV: 938.27, mass2_MeV: 1672.45}\nsource: {form: gaussian, r0_fm: 1.3}\n"
MOMENTA = "momentum: {k_min_MeV: 20, k_max_MeV: 200, points: 6}\n"

# name: (command, config, keys of text outputs, keys of HDF5 outputs, files that it reads beside its config)
RUNS = {
    "solve": ("solve", PAIR + MOMENTA
              + "potential: {form: tabulated, file: in/v.csv}\noutput: {table: out/solve.csv, file: out/solve.h5}\n",
              ["output.table"], ["output.file"], ["in/v.csv"]),
    "coupled": ("solve", """coupled:
  channels:
    - {name: K0bar n,  mass1_MeV: 497.611, mass2_MeV: 939.56542052, source: {form: gaussian, r0_fm: 1.0}}
    - {name: pi Sigma, mass1_MeV: 138.039, mass2_MeV: 1193.154, weight: 2.0, source: {form: gaussian, r0_fm: 1.0}}
  potentials:
    - {between: [1, 2], real: {form: tabulated, file: in/v.csv}}
""" + MOMENTA + "output: {table: out/coupled.csv, file: out/coupled.h5}\n",
                ["output.table"], ["output.file"], ["in/v.csv"]),
    "phase-shifts": ("phase-shifts",
                     "interaction: {form: tabulated, file: in/u.h5, r_dataset: r, U_dataset: U, units: natural, "
                     "reduced_mass: 3.3}\n"
                     "momentum: {k_min: 0.1, k_max: 1.0, points: 4}\noutput: {table: out/phases.csv, file: "
                     "out/phases.h5}\n",
                     ["output.table"], ["output.file"], ["in/u.h5"]),
    "fit": ("fit", PAIR.replace("r0_fm: 1.3", "r0_fm: {start: 1.2, min: 0.5, max: 3}")
            + "potential: {form: square_well, depth_MeV: 20, radius_fm: 1}\n"
            "data: {file: in/data.csv}\nfit: {profile: false}\noutput: {table: out/fit.csv, file: out/fit.h5}\n",
            ["output.table"], ["output.file"], ["in/data.csv"]),
    "generate": ("generate", PAIR + MOMENTA + "potential: {form: square_well, radius_fm: 1}\n"
                 "dataset: {file: out/design.h5, parameters_from: in/design.csv}\n", [], ["dataset.file"],
                 ["in/design.csv"]),
    "pca": ("pca", "dataset: {file: in/dataset.h5}\noutput: {table: out/pca.csv, file: out/pca.h5}\n",
            ["output.table"], ["output.file"], ["in/dataset.h5"]),
    "lattice-mock": ("lattice-mock",
                     "interaction: {form: separable_exponential, omega: -0.017, mu: 1.0, reduced_mass: 3.30, units: "
                     "natural}\n"
                     "momentum: {k_min: 0.1, k_max: 1.5, points: 4}\nradii: {cut: 15.0, panels: 2}\noutput: {file: "
                     "out/waves.h5}\n", [], ["output.file"], []),
    "lattice-mock-box": ("lattice-mock",
                         MOCK.replace("potential:  {form: sum_of_gaussians, strengths_MeV: [-80, 150], ranges_fm: "
                                      "[0.9, 0.4]}",
                                                      "potential: {form: tabulated, file: in/v.csv}"), [],
                         ["output.file"], ["in/v.csv"]),
    "lattice-fit": ("lattice-fit",
                    "data: {file: in/waves.h5}\nnetwork: {latent: 1, widths_f: [3], widths_g: [3]}\nfit: {most_steps: "
                    "5}\n"
                    "output: {potential: out/kernel.h5, learning_curve: out/kernel.csv}\n",
                    ["output.learning_curve"], ["output.potential"], ["in/waves.h5"]),
    "lattice-import": ("lattice-import", lattice_files.CONFIG.replace("data_folder: data", "data_folder: in"), [],
                       ["output.file"],
                       ["in/N.a", "in/antiN.d", "in/wave.t03.c"]),
    "lattice-potential": ("lattice-potential", "correlator: {file: in/correlator.h5}\npotential: {times: [3]}\n"
                          "output: {table: out/potential.csv, file: out/potential.h5}\n", ["output.table"],
                          ["output.file"], ["in/correlator.h5"]),
}
if HAS_LEARNING:
    RUNS["train"] = ("train",
                     "dataset: {file: in/dataset.h5, training_samples: 150, validation_samples: 25}\nnetwork: "
                     "{widths: [8]}\n"
                     "training: {epochs: 4, batch_size: 50}\n"
                     "output: {model: out/model.h5, learning_curve: out/curve.csv, predictions: out/predictions.h5}\n",
                     ["output.learning_curve"], ["output.model", "output.predictions"], ["in/dataset.h5"])
    RUNS["infer"] = ("infer",
                     "model: {file: in/model.h5}\ndata: {table: in/solved.csv}\noutput: {file: out/inferred.h5}\n", [],
                     ["output.file"],
                     ["in/model.h5", "in/solved.csv"])
    RUNS["predict"] = ("predict",
                       "model: {file: in/model.h5}\ndataset: {file: in/dataset.h5, first_sample: 175}\noutput: {file: "
                       "out/predicted.h5}\n", [], ["output.file"], ["in/model.h5", "in/dataset.h5"])


def write_inputs(folder):
    """Configs NAME.yaml and what they read, in `folder`/in."""
    for name, (_, config, *_) in RUNS.items():
        (folder / f"{name}.yaml").write_text(config)
    inputs = folder / "in"
    lattice_files.write_raw(inputs)
    r = np.linspace(0, 6, 61)
    (inputs / "v.csv").write_text("r_fm,V_MeV\n" + "".join(f"{x:.3f},{-40 * np.exp(-(x / 0.9) ** 2):.9g}\n" for x in r))
    rng = np.random.default_rng(1)
    (inputs / "design.csv").write_text("depth_MeV\n" + "".join(f"{v:.9g}\n" for v in rng.uniform(0, 30, 30)))
    made = [("lattice-mock", "output.file=in/waves.h5"), ("lattice-import", "output.file=in/correlator.h5"),
            ("generate", "dataset={file: in/dataset.h5, samples: 200}", "potential.depth_MeV={uniform: [0, 30]}"),
            ("solve", "output={table: in/solved.csv}")]
    if HAS_LEARNING:
        made.append(("train", "output={model: in/model.h5, learning_curve: in/curve.csv}"))
    for name, *changes in made:
        done = run(RUNS[name][0], f"{name}.yaml", *[f"--set={change}" for change in changes], cwd=folder)
        assert done[0] == 0, (name, done)
    k = np.arange(5, 205, 10.0)
    (inputs / "data.csv").write_text("k_low,k_high,C,stat_err\n"
                                     + "".join(f"{x - 5},{x + 5},{1 + 2 * np.exp(-x / 60):.6f},0.05\n" for x in k))
    with h5py.File(inputs / "u.h5", "w") as file:
        file["r"] = np.linspace(0.05, 8, 40)
        file["U"] = -0.017 * np.exp(-file["r"][:][:, None] - file["r"][:])


class InFolderWithInputs(InFolder):
    """A folder with everything that the runs read, made once for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls._inputs = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls._inputs.cleanup)
        write_inputs(pathlib.Path(cls._inputs.name))

    def setUp(self):
        super().setUp()
        subprocess.run(["cp", "-a", f"{self._inputs.name}/.", self.folder], check=True)


def without_advice(errors):
    """What a run says on standard error, but for what `train` says of a busy machine."""
    return "".join(line for line in errors.splitlines(keepends=True) if "GFLOP/s" not in line)


def outputs_of(name):
    """{key: path} as the config names them."""
    _, config, texts, files, _ = RUNS[name]
    found = {}
    for key in texts + files:
        last = key.split(".")[-1]
        found[key] = config.split(last + ": out/")[1].split("}")[0].split(",")[0]
    return {key: os.path.join("out", file) for key, file in found.items()}
