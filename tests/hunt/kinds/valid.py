"""Random configs in which nothing is wrong: done within what C can be and within the tolerance, or refused clearly."""

import numpy as np

import judge
from kinds import kind


def potential(random, short=True):
    """A potential of any form, strong or weak."""
    u = random.uniform
    strength = lambda: random.choice([-1, 1]) * 10 ** u(0, 3)
    form = random.choice(["sum_of_gaussians", "sum_of_gaussians", "square_well", "woods_saxon", "yukawa",
                          "sum_of_yukawas", "hulthen", "usmani", "gaussian_plus_yukawa_power",
                          "gaussians_plus_two_pion_tail",
                          "gaussians_plus_pions", "argonne_v18", "bargmann_1", "bargmann_2", "tabulated"])
    n = random.choice([1, 2, 3])
    gaussians = {"strengths_MeV": [strength() for _ in range(n)], "ranges_fm": [u(0.2, 2) for _ in range(n)]}
    keys = {
        "sum_of_gaussians": gaussians,
        "square_well": {"depth_MeV": strength(), "radius_fm": u(0.3, 3)},
        "woods_saxon": {"depth_MeV": strength(), "radius_fm": u(0.5, 3), "diffuseness_fm": u(0.05, 0.6)},
        "yukawa": {"strength_MeV_fm": strength(), "m_MeV": u(100, 800), "core_MeV": u(0, 2000)},
        "sum_of_yukawas": {"strengths_MeV_fm": [strength() for _ in range(n)],
                           "m_per_fm": [u(0.7, 5) for _ in range(n)]},
        "hulthen": {"depth_MeV": strength(), "range_fm": u(0.3, 2)},
        "usmani": {"strength_MeV": u(1, 10)},
        "gaussian_plus_yukawa_power": {"b1_MeV": u(-2000, 1500), "b2_per_fm2": u(0.8, 140), "b3_MeV_fm2": u(-1000, 500),
                                       "b4_per_fm2": u(0.1, 150)},
        "gaussians_plus_two_pion_tail": {**gaussians, "tail_MeV_fm2": u(-100, 100), "tail_range_fm": u(0.3, 1.5)},
        "gaussians_plus_pions": {**gaussians, "one_pion_MeV_fm": u(-50, 50), "one_pion_range_fm": u(0.3, 1),
                                 "two_pion_MeV_fm2": u(-100, 100), "two_pion_range_fm": u(0.3, 1)},
        "argonne_v18": {"isospin_z": random.choice([1, 0, -1]), "spin": 0, "orbital": 0, "total": 0},
        "bargmann_1": {"rho_per_fm": 1.2, "sigma_per_fm": u(0.3, 1.0), "theta": u(0.2, 1.5)},
        "bargmann_2": {"rho_per_fm": 1.2, "sigma_per_fm": u(0.3, 1.0), "theta": u(0.2, 1.5)},
        "tabulated": {"radii_fm": [0, 0.5, 1, 1.5, 2, 3, 4], "values_MeV": [strength() / 10 for _ in range(6)] + [0]},
    }[form]
    return {"form": form, **keys}


def source(random):
    u = random.uniform
    form = random.choice(["gaussian", "gaussian", "double_gaussian", "cauchy", "exponential", "levy",
                          "core_and_resonances", "tabulated"])
    r0 = random.choice([u(0.5, 3), u(0.5, 3), u(0.05, 10)])
    keys = {"gaussian": {}, "double_gaussian": {"r0_second_fm": u(1, 6), "fraction": u(0, 1)}, "cauchy": {},
            "exponential": {}, "levy": {"alpha": u(1, 2)},
            "core_and_resonances": {"fraction1": u(0, 1), "decay_length1_fm": u(0.5, 20)}}.get(form, {})
    if form == "tabulated":
        r = [0.3 * i for i in range(30)]
        return {"form": form, "radii_fm": r, "values_per_fm3": [float(np.exp(-x * x / 4)) for x in r]}
    return {"form": form, "r0_fm": r0, **keys}


def job(random):
    """A config of solve."""
    u = random.uniform
    masses = [10 ** u(2.1, 3.5), 10 ** u(2.1, 3.5)]
    pair = {"name": "a-b", "mass1_MeV": masses[0], "mass2_MeV": masses[1]}
    low = random.choice([10 ** u(-1, 2), u(5, 20)])
    config = {"momentum": {"k_min_MeV": low, "k_max_MeV": low * (1 + 10 ** u(-1, 2)),
                           "points": random.choice([1, 3, 8]),
                           "placement": random.choice(["bin_centres", "end_points"])}}
    if config["momentum"]["points"] == 1:
        config["momentum"]["placement"] = "bin_centres"
    kind_ = random.choice(["plain", "plain", "waves", "identical", "charged", "coupled"])
    if kind_ == "plain":
        config.update(pair=pair, potential=potential(random), source=source(random))
    elif kind_ == "coupled":
        n = random.choice([1, 2, 3])
        channels = [{"name": f"c{i}", "mass1_MeV": masses[0] + 20 * i, "mass2_MeV": masses[1],
                     "weight": 1 if i == 0 else u(0.1, 3), "charge_product": random.choice([0, 0, -1,
                         1])} for i in range(n)]
        gaussian = lambda sign: {"form": "sum_of_gaussians", "strengths_MeV": [sign * 10 ** u(0, 2.7)],
                                 "ranges_fm": [u(0.4, 1.2)]}
        entries = [{"between": [i + 1, j + 1], "real": gaussian(random.choice([-1,
            1]))} for i in range(n) for j in range(i, n)]
        for entry in entries:
            if entry["between"][0] == entry["between"][1] and random.random() < 0.3:
                entry["imaginary"] = gaussian(-1)
        config["coupled"] = {"source": source(random), "orbital": random.choice([0, 0, 0, 1, 2]), "channels": channels,
                             "potentials": entries}
    else:
        if kind_ in ("charged",) or random.random() < 0.3:
            pair["charge_product"] = random.choice([-1, 1, -2, 2, 10, -10])
        symmetries = ["none"]
        if kind_ == "identical":
            pair["mass2_MeV"] = pair["mass1_MeV"]
            symmetries = ["even", "odd"]
        channels, shares = [], [u(0.1, 1) for _ in range(len(symmetries))]
        for symmetry, share in zip(symmetries, shares):
            allowed = [l for l in range(0, 9) if symmetry == "none" or l % 2 == (symmetry == "odd")]
            waves = [{"l": l, **potential(random)}
                     for l in sorted(random.sample(allowed[:4] if random.random() < 0.8 else allowed,
                                                   random.choice([0, 1, 2])))]
            for wave in waves:
                if wave["form"] == "argonne_v18":
                    wave.update(form="square_well", depth_MeV=20, radius_fm=1.5)
                    [wave.pop(key) for key in ("isospin_z", "spin", "orbital", "total")]
            channels.append({"weight": share / sum(shares), "symmetry": symmetry, "waves": waves})
        config.update(pair=pair, channels=channels, source=source(random))
    return kind_, config


@kind(150)
def valid(case):
    """A random good config of solve: C in range, and that of a run at a lower tolerance."""
    kind_, config = job(case.random)
    tolerance = case.random.choice([1e-6, 1e-6, 1e-5, 1e-8])
    config["solver"] = {"tolerance": tolerance}
    config["output"] = {"table": "out/t.csv", "file": "out/r.h5"}
    forms = [str(wave.get("form")) for channel in config.get("channels",
        []) for wave in channel["waves"]] or [config.get("potential", {}).get("form", "gaussians")]
    case.what = f"{kind_}: {', '.join(forms)}; source {(config.get('source') or config['coupled']['source'])['form']}"
    case.write(config)
    template = case.bench.templates["solve"].copy()
    template.config = config
    ended = case.run(template, bounded=True, ranks=case.random.choice([1, 1, 2]))
    if ended.code != 0 or case.faults:
        return
    c = judge.read_results(case.folder / "out/r.h5")["/correlation"]
    config["solver"]["tolerance"] = max(1e-10, tolerance * 1e-2)
    if "values_MeV" in str(config):  # a tabulated potential is solved to 1e-7 at best
        config["solver"]["tolerance"] = 1e-7
    if config["solver"]["tolerance"] >= tolerance:
        return
    case.write(config)
    if case.start("solve", "config.yaml").wait(case.bench.limit_s).code == 0:
        finer = judge.read_results(case.folder / "out/r.h5")["/correlation"]
        error = np.max(np.abs(c - finer) / np.maximum(1, np.abs(finer)))
        if error > 1.1 * tolerance:
            case.fault("wrong data", f"C off by {error:.2g} at tolerance {tolerance:g}")


@kind(30)
def valid_generate(case):
    """A random good config of generate, and what came of it for train."""
    random = case.random
    config = case.template("generate").config
    template = case.bench.templates["generate"].copy()
    config["potential"] = potential(random)
    path = random.choice([key for key, value in config["potential"].items() if isinstance(value, float)] or ["form"])
    if path != "form":
        centre = config["potential"][path]
        config["potential"][path] = {"uniform": sorted([0.8 * centre, 1.2 * centre])} if centre else {"uniform": [0, 1]}
    config["source"] = {**source(random)}
    config["dataset"].update(samples=random.choice([1, 2, 7, 33]), precision=random.choice(["float32", "float64"]),
                             seed=random.choice([0, 1, 2**31, 2**53]))
    config["momentum"].update(points=random.choice([1, 2, 5]), placement=random.choice(["bin_centres", "bin_averages"]))
    template.config = config
    case.write(config)
    case.what = f"generate: {config['potential']['form']}, source {config['source']['form']}"
    case.run(template, bounded=True, ranks=random.choice([1, 2, 3]))
