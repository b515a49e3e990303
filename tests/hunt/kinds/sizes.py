"""Sizes that nobody has memory for: estimated before anything is allocated, and refused; or done within 2 GB."""

from kinds import kind
from templates import put

HUGE = {
    "solve": [(("potential", "ranges_fm"), [1e4, 0.4]), (("momentum", "k_max_MeV"), 1e7),
              (("momentum", "points"), 10**9), (("source", "r0_fm"), 1e5), (("source", "r0_fm"), 1e-15),
              (("momentum", "k_min_MeV"), 1e-9),
              (("potential", "strengths_MeV"), [-1e9, 150]), (("potential",), {"form": "tabulated", "radii_fm": [0, 1,
                  2, 1e5], "values_MeV": [-10, -10, -10, -10]}),
              (("potential",), {"form": "sum_of_gaussians", "strengths_MeV": [-1.0] * 20000,
                                "ranges_fm": [1.0] * 20000}), (("source",), {"form": "levy", "r0_fm": 1.2, "alpha": 1}),
              (("potential",), {"form": "yukawa", "strength_MeV_fm": -10, "m_MeV": 1e-6}),
              (("potential",), {"form": "hulthen", "depth_MeV": 10, "range_fm": 1e5}),
              (("potential",), {"form": "woods_saxon", "depth_MeV": 10, "radius_fm": 1e4, "diffuseness_fm": 0.5}),
              (("pair", "mass1_MeV"), 1e12)],
    "solve_charged": [(("pair", "charge_product"), 100), (("pair", "charge_product"), -100),
                      (("momentum", "k_min_MeV"), 1e-4), (("momentum", "k_max_MeV"), 1e6),
                      (("momentum", "points"), 10**7)],
    "solve_coupled": [(("momentum", "points"), 10**7), (("coupled", "orbital"), 20), (("momentum", "k_max_MeV"), 1e6),
                      (("coupled", "potentials", 0, "real", "ranges_fm"), [3000.0])],
    "solve_nonlocal": [(("interaction", "mu_per_fm"), 1e-5), (("interaction", "mu_per_fm"), 1e5),
                       (("momentum", "k_max_MeV"), 1e6), (("momentum", "points"), 10**8),
                       (("solver",), {"tolerance": 1e-14})],
    "phase_shifts": [(("interaction", "mu_per_fm"), 1e-5), (("momentum", "points"), 10**9),
                     (("momentum", "k_max_MeV"), 1e8)],
    "generate": [(("dataset", "samples"), 10**15), (("dataset", "samples"), 10**18), (("momentum", "points"), 10**6),
                 (("momentum", "points"), 10**10), (("momentum", "k_max_MeV"), 1e7),
                 (("potential", "ranges_fm"), [{"uniform": [1e3, 1e4]}, 0.4])],
    "generate_detector": [(("momentum", "points"), 10**5), (("bins",), {"points": 64, "weight_file": "weights.csv"})],
    "train": [(("network", "widths"), [30000, 30000]), (("network", "widths"), [10**9]),
              (("network", "widths"), [8] * 5000), (("training", "threads"), 5000), (("training", "epochs"), 10**12),
              (("training", "batch_size"), 10**12), (("features",), {"components": 10**12}),
              (("network", "widths"), [2**31, 2**33])],
    "fit": [(("bins",), {"points": 64}), (("fit",), {"more_starts": 10**9}), (("momentum",), {})],
    "lattice_import": [(("lattice", "L"), 1024), (("lattice", "L"), 10**9), (("lattice", "T"), 10**9),
                       (("resampling",), {"kind": "bootstrap", "samples": 10**9}), (("nbs", "times", "last"), 10**9),
                       (("resampling",), {"kind": "bootstrap", "samples": 10**6})],
    "lattice_potential": [(("potential", "times"), [6] * 10000), (("fit", "start", "strengths_MeV"), [-1.0] * 3000)],
    "lattice_mock": [(("lattice", "L"), 256), (("lattice", "L"), 10**6), (("correlator", "states"), 10**9),
                     (("noise", "configurations"), 10**9), (("lattice", "T"), 10**12),
                     (("correlator", "times", "last"), 10**9)],
    "lattice_mock_waves": [(("radii", "panels"), 10**6), (("radii", "panels"), 10**12), (("momentum", "points"), 10**9),
                           (("radii", "cut_fm"), 1e9), (("radii", "panels"), 200)],
    "lattice_fit": [(("network", "widths_f"), [20000, 20000]), (("network", "latent"), 10**9),
                    (("network", "widths_g"), [10**9]), (("fit", "most_steps"), 10**12),
                    (("network", "widths_local"), [8] * 2000),
                    (("network", "widths_f"), [300, 300, 300])],
}


@kind(80)
def sizes(case):
    """One number of a good job is made huge."""
    template = case.template(*HUGE)
    number = case.index % sum(map(len, HUGE.values()))  # each in turn
    for name, changes in HUGE.items():
        if number < len(changes):
            break
        number -= len(changes)
    for path in case.folder.iterdir():
        if path.name in template.inputs and path.is_file():
            path.unlink()
    if "raw" in template.inputs:
        import shutil
        shutil.rmtree(case.folder / "raw")
    template = case.template(name)
    path, value = changes[number]
    put(template.config, path, value)
    case.write(template.config)
    case.what += f": {'.'.join(map(str, path))} = {str(value)[:60]}"
    case.run(template, bounded=template.command == "solve", limit_s=2 * case.bench.limit_s,
             ranks=2 if case.index >= sum(map(len,
        HUGE.values())) else 1)


@kind(12)
def many_bins(case):
    """Data, tables and matrices of very many rows."""
    what = case.random.choice(["fit", "solve_tables", "generate_design", "generate_detector", "fit_covariance"])
    template = case.template("fit" if what == "fit_covariance" else what)
    rows = case.random.choice([3000, 30000, 100000])
    case.what = f"{what}: {rows} rows"
    if what.startswith("fit"):
        width = 300 / rows
        (case.folder / "data.csv").write_text("k_low,k_high,C,stat_err\n"
                                              + "".join(f"{i * width:.8f},{(i + 1) * width:.8f},1.1,0.1\n"
                                                        for i in range(rows)))
        if what == "fit_covariance":
            (case.folder / "covariance.csv").write_text("bin1,bin2,covariance\n"
                                                        + "".join(f"{i},{i},0.01\n" for i in range(1, rows + 1)))
            template.config["data"]["covariance"] = {"file": "covariance.csv"}
    elif what == "solve_tables":
        (case.folder / "potential.csv").write_text(
            "r_fm,V_MeV\n"
            + "".join(f"{6 * i / rows:.9f},{-80 * (1 - i / (rows - 1)) ** 4:.9f}\n" for i in range(rows)))
    elif what == "generate_design":
        (case.folder / "design.csv").write_text("depth_MeV\n" + "".join(f"{10 + 30 * i / rows}\n" for i in range(rows)))
    else:
        with open(case.folder / "resolution.csv", "a") as file:
            for i in range(rows):
                file.write(f"0,20,{200 + i},{201 + i},1e-9\n")
    case.write(template.config)
    case.run(template)
