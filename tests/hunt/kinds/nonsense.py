"""Configs that can be computed but that nobody means: refused, or a warning names it."""

from kinds import kind
from templates import put

IDENTICAL = {"name": "p-p", "mass1_MeV": 938.27208816, "mass2_MeV": 938.27208816, "charge_product": 1}
NONSENSE = [
    ("solve", ("pair",), IDENTICAL, "identical particles as a plain potential"),
    ("solve", ("pair",), {"preset": 1, **IDENTICAL, "charge_product": 0}, "unknown key in pair"),
    ("solve", ("pair", "mass1_MeV"), 0.938272, "a mass in GeV"),
    ("solve", ("momentum",), {"k_min_MeV": 0.01, "k_max_MeV": 0.3, "points": 6}, "k* in GeV/c"),
    ("solve", ("potential",), {"preset": "argonne_v18_pp_3p0"}, "a p-wave's potential in the s-wave"),
    ("solve_charged", ("channels", 0, "waves", 0, "preset"), "argonne_v18_pp_3p0",
     "a p-wave's potential in the s-wave"),
    ("solve_charged", ("channels", 0, "symmetry"), "even", "different particles with a symmetry"),
    ("solve_identical", ("channels", 0, "symmetry"), "none", "identical particles without symmetry"),
    ("solve_identical", ("channels", 0, "waves", 0, "preset"), "argonne_v18_np_1s0", "np's potential between protons"),
    ("solve_identical", ("channels", 1, "waves", 0, "preset"), "argonne_v18_pp_1s0",
     "an s-wave's potential in the p-wave"),
    ("solve_identical", ("pair", "mass1_MeV"), 938.9, "symmetry of particles of different masses"),
    ("solve_coupled", ("coupled", "potentials", 0, "imaginary", "strengths_MeV"), [30], "emission: Im V > 0"),
    ("fit", ("lambda",), 1.3, "lambda above 1"),
    ("fit", ("lambda",), -0.2, "negative lambda"),
    ("fit", ("contributions",), {"other": {"lambda": -0.3}}, "negative lambda of a contribution"),
    ("fit_detector", ("lambda",), 0.95, "lambdas that add to more than 1"),
    ("fit_detector", ("contributions", "other", "lambda"), 0.5, "lambdas that add to more than 1"),
    ("generate_detector", ("lambda",), {"uniform": [0.9, 1.2]}, "a prior of lambdas above 1"),
    ("generate_detector", ("contributions", "other", "lambda"), 0.7, "lambdas that add to more than 1"),
    ("generate", ("pair", "mass2_MeV"), 1.67245, "a mass in GeV"),
    ("generate", ("pair",), IDENTICAL, "identical particles as a plain potential"),
    ("fit", ("pair",), IDENTICAL, "identical particles as a plain potential"),
    ("phase_shifts", ("interaction", "reduced_mass_MeV"), 0.6, "a mass in GeV"),
    ("lattice_mock", ("lattice", "inverse_a_MeV"), 0.7, "1/a in GeV"),
]


@kind(24)
def nonsense(case):
    """Each of the list in turn."""
    name, path, value, what = NONSENSE[case.index % len(NONSENSE)]
    template = case.template(name)
    put(template.config, path, value)
    case.write(template.config)
    case.what += f": {what}"
    ended = case.run(template, plausible=False)
    if ended.code == 0 and "warning" not in (ended.out + ended.err).lower():
        case.fault("accepted", f"{what}: exit code 0 without a warning")
