"""Small jobs of every command that work, from which hostile ones are made, and the files they read."""

import copy
import dataclasses
import json
import pathlib
import subprocess
import sys

import h5py
import numpy as np

from processes import ENVIRONMENT

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "commands"))
import lattice_files  # noqa: E402

SEED = 8


@dataclasses.dataclass
class Template:
    name: str
    command: str
    config: dict
    inputs: list  # of the workshop, copied beside the config
    outputs: list
    tolerance: float = 1e-9  # of results by other numbers of ranks

    def copy(self):
        return copy.deepcopy(self)


PAIR = {"name": "A-B", "mass1_MeV": 938.272, "mass2_MeV": 1672.45}
GAUSSIANS = {"form": "sum_of_gaussians", "strengths_MeV": [-80, 150], "ranges_fm": [0.9, 0.4]}
SOURCE = {"form": "gaussian", "r0_fm": 1.2}
MOMENTUM = {"k_min_MeV": 10, "k_max_MeV": 250, "points": 6}
OUTPUT = {"table": "out/t.csv", "file": "out/r.h5"}
BOTH = ["out/t.csv", "out/r.h5"]
SEPARABLE = {"form": "separable_exponential", "omega_MeV_per_fm3": -90, "mu_per_fm": 2.0}
UNKNOWN = {**GAUSSIANS, "strengths_MeV": [{"uniform": [-90, -40]}, 150]}
NETWORK = {"latent": 1, "widths_f": [4], "widths_g": [4], "widths_local": [5]}
FREE = {"form": "sum_of_gaussians", "strengths_MeV": [{"start": -60, "min": -200, "max": 0}], "ranges_fm": [0.9]}
FITTED = {"pair": PAIR, "potential": FREE, "source": {"form": "gaussian", "r0_fm": {"start": 1.0, "min": 0.3,
    "max": 4}}}


def solve(name, config, inputs=(), outputs=BOTH):
    return Template(name, "solve", {**config, "momentum": dict(MOMENTUM), "output": dict(OUTPUT)}, list(inputs),
                    list(outputs))


def all_templates():
    local = {"pair": PAIR, "potential": GAUSSIANS, "source": SOURCE}
    argonne = lambda preset, l: [{"l": l, "preset": f"argonne_v18_pp_{preset}"}]
    protons = {"name": "p-p", "mass1_MeV": 938.27208816, "mass2_MeV": 938.27208816, "charge_product": 1}
    waves = {"momentum": {"k_min_MeV": 10, "k_max_MeV": 300, "points": 6, "placement": "end_points"}}
    return [
        solve("solve", local),
        solve("solve_charged", {"pair": {**PAIR, "charge_product": -1}, "source": SOURCE, "channels": [
            {"weight": 0.625, "waves": [{"l": 0, "preset": "n_omega_t12"}]}, {"weight": 0.375}]}),
        solve("solve_charged_separable", {"pair": {**PAIR, "charge_product": 1, "charge_radius_fm": 0.8},
                                          "interaction": SEPARABLE, "source": SOURCE}),
        solve("solve_identical", {"pair": protons, "source": SOURCE, "channels": [
            {"weight": 0.25, "symmetry": "even", "waves": argonne("1s0", 0)},
            {"weight": 0.75, "symmetry": "odd", "waves": argonne("3p1", 1)}]}),
        solve("solve_coupled", {"coupled": {
            "source": SOURCE, "orbital": 0,
            "channels": [{"name": "a", "mass1_MeV": 494, "mass2_MeV": 938.3, "charge_product": -1},
                         {"name": "b", "mass1_MeV": 498, "mass2_MeV": 939.6, "weight": 0.5}],
            "potentials": [{"between": [1, 1], "real": {"form": "sum_of_gaussians", "strengths_MeV": [-300],
                                                        "ranges_fm": [0.6]},
                            "imaginary": {"form": "sum_of_gaussians", "strengths_MeV": [-30], "ranges_fm": [0.6]}},
                           {"between": [1, 2], "real": {"form": "square_well", "depth_MeV": 20, "radius_fm": 0.8}}]}}),
        solve("solve_mixed", {"pair": {**PAIR, "charge_product": -1}, "source": SOURCE, "channels": [
            {"name": "5S2", "weight": 0.5, "waves": [{"name": "s", "l": 0, **GAUSSIANS}]},
            {"name": "3S1", "weight": 0.25, "coupled": {"channels": [{}], "potentials": [
                {"between": [1, 1], "imaginary": {"form": "sum_of_gaussians", "strengths_MeV": [-30],
                                                  "ranges_fm": [0.6]}}]}},
            {"weight": 0.25, "interaction": {"form": "lednicky_lyuboshits", "a0_fm": -1.2, "r_eff_fm": 2.0}}]}),
        solve("solve_tables", {"pair": PAIR, "potential": {"form": "tabulated", "file": "potential.csv"},
                               "source": {"form": "tabulated", "file": "source.h5", "value_name": "/S"}},
                               ["potential.csv", "source.h5"]),
        solve("solve_spin_isospin", {"pair": PAIR, "source": SOURCE, "potential":
                                     {"form": "spin_isospin_table", "file": "spins.csv", "row": 2, "spin": 0,
                                      "isospin": 1}}, ["spins.csv"]),
        solve("solve_nonlocal", {"pair": PAIR, "interaction": SEPARABLE, "source": SOURCE}),
        solve("solve_fitted", {"interaction": {"form": "fitted", "file": "fitted.h5"}, "source": SOURCE},
              ["fitted.h5"]),
        Template("phase_shifts", "phase-shifts", {"interaction": {**SEPARABLE, "reduced_mass_MeV": 606},
                                                  "momentum": dict(MOMENTUM), "output": OUTPUT}, [], BOTH),
        Template("phase_shifts_table", "phase-shifts", {"interaction": {"form": "tabulated", "file": "kernel.h5",
            "reduced_mass_MeV": 606},
                                                       "momentum": dict(MOMENTUM), "output": OUTPUT}, ["kernel.h5"],
                                                       BOTH),
        Template("phase_shifts_fitted", "phase-shifts", {"interaction": {"form": "fitted", "file": "fitted.h5"},
            "momentum": dict(MOMENTUM), "output": OUTPUT}, ["fitted.h5"], BOTH),
        Template("generate", "generate", {"pair": PAIR, "potential": UNKNOWN, "source": {"form": "gaussian",
            "r0_fm": {"uniform": [0.8, 1.6]}},
                                          "momentum": dict(MOMENTUM),
                                          "dataset": {"file": "out/d.h5", "samples": 60, "seed": 1}}, [], ["out/d.h5"]),
        Template("generate_design", "generate", {"pair": PAIR, "potential": {"form": "square_well", "radius_fm": 1.2},
                                                 "source": SOURCE, "momentum": dict(MOMENTUM),
                                                 "dataset": {"file": "out/d.h5", "parameters_from": "design.csv"}},
                                                 ["design.csv"], ["out/d.h5"]),
        Template("generate_detector", "generate", {"pair": PAIR, "potential": UNKNOWN, "source": SOURCE,
                                                   "lambda": {"uniform": [0.5, 0.9]},
                                                   "contributions": {"other": {"lambda": 0.05}},
                                                   "resolution": {"file": "resolution.csv"},
                                                   "bins": {"weight_file": "weights.csv"},
                                                   "normalisation": {"normal": [1, 0.02]},
                                                   "momentum": {"k_min_MeV": 0, "k_max_MeV": 160, "points": 8,
                                                       "placement": "bin_averages"},
                                                   "dataset": {"file": "out/d.h5", "samples": 20}},
                                                   ["resolution.csv", "weights.csv"], ["out/d.h5"]),
        Template("pca", "pca", {"dataset": {"file": "dataset.h5"}, "output": OUTPUT}, ["dataset.h5"], BOTH),
        Template("pca_directions", "pca", {"dataset": {"file": "dataset.h5"},
                                           "features": {"input": "relative_to_error", "relative_error": 0.02,
                                                        "components": 2},
                                           "directions": {"at": {"strengths_MeV[0]": -60}, "r_max_fm": 2.0,
                                                          "spacing_fm": 0.1, "relative_errors": [0.02],
                                                          "prior": {"relative": 0.5, "amplitude_MeV": 5,
                                                                    "correlation_fm": 0.3}},
                                           "output": {"file": "out/r.h5", "scores": False}}, ["dataset.h5"],
                 ["out/r.h5"]),
        Template("train", "train", {"dataset": {"file": "dataset.h5", "training_samples": 200,
                                                "validation_samples": 50}, "network": {"widths": [8]},
                                    "training": {"epochs": 4, "batch_size": 32},
                                    "output": {"model": "out/m.h5", "learning_curve": "out/t.csv",
                                               "predictions": "out/p.h5"}},
                 ["dataset.h5"], ["out/m.h5", "out/t.csv", "out/p.h5"], 1e-4),
        Template("infer", "infer", {"model": {"file": "model.h5"}, "data": {"table": "solved.csv"},
                                    "truth": {"strengths_MeV[0]": -60, "r0_fm": 1.2},
                                    "output": {"file": "out/i.h5"}}, ["model.h5", "solved.csv"], ["out/i.h5"], 1e-5),
        Template("train_solved", "train", {"dataset": {"file": "dataset.h5", "training_from": "solve",
                                                       "solver_threads": 1, "training_samples": 200,
                                                       "validation_samples": 50},
                                           "network": {"form": "set", "widths": [8], "estimator": "gaussian"},
                                           "errors": {"size": {"log_uniform": [0.001, 0.1]}, "normalisation": 0.01,
                                                      "momentum_power": {"uniform": [-1, 0]}, "correlation_power": 0.5},
                                           "views": {"fewest_points": 5, "most_points": 20, "largest_cut": 0.2,
                                                     "largest_missing": 0.1},
                                           "training": {"epochs": 2, "batch_size": 32, "clip_norm": 1,
                                                        "average_decay": 0.9, "rate_by_batch": "sqrt"},
                                           "output": {"model": "out/m.h5", "learning_curve": "out/t.csv"}},
                 ["dataset.h5"], ["out/m.h5", "out/t.csv"], 1e-4),
        Template("train_streamed", "train", {"dataset": {"file": ["dataset.h5"], "training_from": "stream",
                                                         "window_samples": 64, "block_samples": 8,
                                                         "training_samples": 200, "validation_samples": 50},
                                             "network": {"form": "residual", "widths": [8, 8]},
                                             "training": {"epochs": 2, "batch_size": 32},
                                             "output": {"model": "out/m.h5", "learning_curve": "out/t.csv"}},
                 ["dataset.h5"], ["out/m.h5", "out/t.csv"], 1e-4),
        Template("predict", "predict", {"model": {"file": "model.h5"}, "dataset": {"file": "dataset.h5",
                                                                                   "first_sample": 3, "samples": 50},
                                        "output": {"file": "out/p.h5"}}, ["model.h5", "dataset.h5"], ["out/p.h5"],
                 1e-5),
        Template("fit", "fit", {"data": {"file": "data.csv"}, **FITTED, "output": OUTPUT}, ["data.csv"], BOTH, 1e-4),
        Template("fit_smeared", "fit", {"data": {"file": "data.csv"}, **FITTED, "resolution": {"sigma_MeV": 3},
            "baseline": {"linear_per_GeV": 0, "template": {"file": "template.csv", "scale": {"start": 0.1}}},
            "output": OUTPUT}, ["data.csv", "template.csv"], BOTH, 1e-4),
        Template("fit_hepdata", "fit", {"data": {"file": "data.yaml", "covariance": {"file": "covariance.csv"}},
                                        **FITTED,
                                        "lambda": {"start": 0.9, "min": 0, "max": 1}, "output": OUTPUT},
                                        ["data.yaml", "covariance.csv"], BOTH, 1e-4),
        Template("fit_detector", "fit", {"data": {"file": "data.csv"}, "pair": PAIR, "potential": GAUSSIANS,
                                         "source": FITTED["source"], "lambda": 0.8,
                                         "contributions": {"other": {"lambda": 0.1}},
                                         "resolution": {"file": "resolution.h5"},
                                         "bins": {"weight_file": "weights.csv"},
                                         "output": OUTPUT}, ["data.csv", "resolution.h5", "weights.csv"], BOTH, 1e-4),
        Template("lattice_import", "lattice-import", {
            "data_folder": "raw", "configurations": list(lattice_files.CONFIGURATIONS),
            "lattice": {"L": 4, "T": 8, "inverse_a_MeV": 2000},
            "baryon1": {"name": "N", "mass_a": 0.5, "particle": "N.{configuration}",
                        "antiparticle": "antiN.{configuration}"},
            "nbs": {"channel": "N-N 1S0", "source": "wall", "format": "compressed_a1",
                    "files": "wave.t{t:02}.{configuration}", "times": {"first": 2, "last": 4}},
            "resampling": {"bin_size": 1}, "output": {"file": "out/c.h5"}}, ["raw"], ["out/c.h5"]),
        Template("lattice_potential", "lattice-potential", {
            "correlator": {"file": "correlator.h5"}, "potential": {"times": [6]},
            "fit": {"form": "sum_of_gaussians", "start": {"strengths_MeV": [-80, 150], "ranges_fm": [0.9, 0.4]},
                    "fixed": ["ranges_fm[1]"], "r_max_fm": 1.6, "error_floor_MeV": 1},
            "output": OUTPUT}, ["correlator.h5"], BOTH, 1e-6),
        Template("lattice_mock_waves", "lattice-mock", {"interaction": {**SEPARABLE, "reduced_mass_MeV": 606}, **waves,
                                                        "radii": {"cut_fm": 6, "panels": 1},
                                                       "output": {"file": "out/w.h5"}}, [], ["out/w.h5"]),
        Template("lattice_mock", "lattice-mock", {"pair": PAIR, "potential": GAUSSIANS, "lattice": {"L": 8, "T": 16,
            "inverse_a_MeV": 700},
                                                  "correlator": {"times": {"first": 4, "last": 6}, "states": 6,
                                                      "time_dependence": "exact", "dispersion": "relativistic"},
                                                  "noise": {"configurations": 8, "relative": 2.0e-3, "at_t": 4,
                                                      "growth": 0.2},
                                                  "resampling": {"kind": "bootstrap", "bin_size": 2, "samples": 9,
                                                      "seed": 3},
                                                  "output": {"file": "out/c.h5"}}, [], ["out/c.h5"]),
        Template("lattice_budget", "lattice-budget", {
            "data": {"file": "correlator.h5", "times": [5, 6, 7], "cut_fm": 1.4}, "network": NETWORK,
            "fit": {"starts": 2}, "variations": {"cut": [{"data": {"cut_fm": 1.2}}],
                                                 "network": [{"network": {"latent": 0, "widths_local": [8]}}]},
            "momentum": {"k_min_MeV": 20, "k_max_MeV": 200, "points": 4, "placement": "end_points"},
            "radii": {"points": 5}, "output": OUTPUT}, ["correlator.h5"], BOTH, 1e-3),
        Template("lattice_box", "lattice-box", {"pair": PAIR, "potential": GAUSSIANS, "correlator": {
            "file": "correlator.h5", "times": [4, 6]}, "box": {"states": 2, "space_order": 2, "momenta": [[0, 0, 1]]},
            "output": OUTPUT}, ["correlator.h5"], BOTH, 1e-9),
        Template("lattice_box_by_hand", "lattice-box", {"interaction": {"form": "fitted", "file": "fitted.h5"},
            "lattice": {"L": 8, "inverse_a_MeV": 700}, "box": {"states": 2}, "output": OUTPUT}, ["fitted.h5"], BOTH,
            1e-9),
        Template("lattice_fit_waves", "lattice-fit", {"data": {"file": "waves.h5"}, "network": {"latent": 1,
            "widths_f": [4], "widths_g": [4]},
                                                      "fit": {"most_steps": 30},
                                                      "output": {"potential": "out/p.h5",
                                                          "learning_curve": "out/t.csv"}},
                 ["waves.h5"], ["out/p.h5", "out/t.csv"], 1e-3),
        Template("lattice_fit", "lattice-fit", {"data": {"file": "correlator.h5", "times": [5, 6, 7], "cut_fm": 1.4},
                                                "network": NETWORK,
                                                "fit": {"starts": 2},
                                                        "output": {"potential": "out/p.h5",
                                                            "learning_curve": "out/t.csv"}},
                 ["correlator.h5"], ["out/p.h5", "out/t.csv"], 1e-3),
    ]


def write_csv(path, header, rows):
    path.write_text(header + "\n" + "".join(",".join(f"{x:.10g}" for x in row) + "\n" for row in rows))


def make_workshop(program, folder):
    """All good inputs, some by the program itself, and a folder `out` of what it writes: {template: folder}."""
    random = np.random.default_rng(SEED)
    r = np.linspace(0, 6, 61)
    write_csv(folder / "potential.csv", "r_fm,V_MeV", zip(r, -80 * np.exp(-(r / 0.9) ** 2)))
    with h5py.File(folder / "source.h5", "w") as file:
        file["r_fm"], file["S"] = np.linspace(0, 12, 80), np.exp(-np.linspace(0, 12, 80) ** 2 / 4)
    names = "beta1,beta2,a1_0,a1_s,a1_t,a1_st,a2_0,a2_s,a2_t,a2_st,lambda1,rho1,lambda2,rho2"
    write_csv(folder / "spins.csv", names, [[0.4, 0.9, 500, -30, 20, 10, -60, 5, -4, 3, -12, 0.6, -50 + i,
                                             0.8] for i in range(3)])
    r = np.linspace(0.05, 8, 40)
    with h5py.File(folder / "kernel.h5", "w") as file:
        file["r"], file["U"] = r, -90 * np.exp(-2 * (r[:, None] + r))
    write_csv(folder / "design.csv", "depth_MeV", [[x] for x in np.linspace(10, 40, 30)])
    edges = np.arange(0, 200, 20.0)
    centre = edges + 10
    near = lambda rows: np.exp(-0.5 * ((centre[:rows, None] - centre) / 12) ** 2)
    matrix = near(8) / near(8).sum(axis=1, keepdims=True)
    write_csv(folder / "resolution.csv", "k_low_MeV,k_high_MeV,k_from_low_MeV,k_from_high_MeV,weight",
              [(edges[i], edges[i] + 20, edges[j], edges[j] + 20, matrix[i, j]) for i in range(8) for j in range(10)])
    with h5py.File(folder / "resolution.h5", "w") as file:
        file["k_edges_MeV"], file["k_from_edges_MeV"], file["matrix"] = np.append(edges[:8], 160), np.append(edges,
            200), matrix
    write_csv(folder / "weights.csv", "k_star_MeV,weight", [(k, k**2 + 1) for k in np.arange(0, 221, 20.0)])
    write_csv(folder / "template.csv", "k_star_MeV,value", [(k, 1 + k / 1000) for k in np.arange(0, 221, 20.0)])
    c = 1 + 1.2 * np.exp(-(centre[:8] / 70) ** 2) + 0.01 * random.standard_normal(8)
    write_csv(folder / "data.csv", "k_low,k_high,C,stat_err", zip(edges[:8], edges[:8] + 20, c, np.full(8, 0.02)))
    header = lambda name, units: f"- header: {{name: '{name}', units: '{units}'}}\n  values:\n"
    bins = "".join(f"  - {{low: {low / 1000}, high: {low / 1000 + 0.02}}}\n" for low in edges[:8])
    values = "".join(f"  - value: {v:.5f}\n    errors:\n    - {{label: stat, symerror: 0.02}}\n    - "
                     f"{{label: sys, asymerror: {{plus: 0.01, minus: -0.02}}}}\n" for v in c)
    (folder / "data.yaml").write_text("independent_variables:\n" + header("k*",
        "GeV/$c$") + bins + "dependent_variables:\n" + header("C(k*)", "") + values)
    write_csv(folder / "covariance.csv", "bin1,bin2,covariance",
              [(i, j, 4e-4 * (1 if i == j else 0.3)) for i in range(1, 9) for j in range(i, 9)])
    lattice_files.write_raw(folder / "raw")

    def make(command, config, output, name):
        (folder / "out").mkdir(exist_ok=True)
        (folder / "made.json").write_text(json.dumps(config))
        done = subprocess.run([program, command, "made.json"], cwd=folder, env=ENVIRONMENT, capture_output=True,
                              text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(f"{command} for {name}: {done.stdout}{done.stderr}")
        (folder / "out" / output).rename(folder / name)

    templates = {template.name: template for template in all_templates()}
    mock = copy.deepcopy(templates["lattice_mock"].config)
    mock.update(lattice={"L": 8, "T": 24, "inverse_a_MeV": 700},
                correlator={"times": {"first": 4, "last": 8}, "states": 6})
    make("lattice-mock", mock, "c.h5", "correlator.h5")
    make("lattice-mock", templates["lattice_mock_waves"].config, "w.h5", "waves.h5")
    make("lattice-fit", templates["lattice_fit"].config, "p.h5", "fitted.h5")
    generate = copy.deepcopy(templates["generate"].config)
    generate["dataset"]["samples"] = 300
    make("generate", generate, "d.h5", "dataset.h5")
    make("train", templates["train"].config, "m.h5", "model.h5")
    make("solve", {**templates["solve"].config, "potential": {**GAUSSIANS, "strengths_MeV": [-60, 150]}}, "t.csv",
         "solved.csv")
    return templates


def paths(config, prefix=()):
    """All places of a config: tuples of keys and indices."""
    items = config.items() if isinstance(config, dict) else enumerate(config) if isinstance(config, list) else ()
    for key, value in items:
        yield (*prefix, key)
        yield from paths(value, (*prefix, key))


def get(config, path):
    for key in path:
        config = config[key]
    return config


def put(config, path, value):
    get(config, path[:-1])[path[-1]] = value


def dotted(path):
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else ("." if text else "") + str(key)
    return text


__all__ = ["Template", "all_templates", "make_workshop", "paths", "get", "put", "dotted"]
