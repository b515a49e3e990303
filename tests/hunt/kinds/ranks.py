"""Numbers of ranks, and ranks whose arguments differ."""

import json

import judge
from kinds import kind

REPEATABLE = ["solve", "solve_charged", "solve_identical", "solve_coupled", "solve_tables", "solve_nonlocal",
              "phase_shifts", "phase_shifts_table", "phase_shifts_fitted", "generate", "generate_design",
              "generate_detector", "pca", "pca_directions", "infer", "fit", "fit_hepdata", "fit_detector",
              "lattice_import", "lattice_potential", "lattice_mock_waves", "lattice_mock", "lattice_budget",
              "lattice_box", "lattice_box_by_hand"]


@kind(60)
def ranks(case):
    """Two, three or five ranks give what one gives."""
    template = case.template()
    n = case.random.choice([2, 2, 3, 5])
    case.what += f" on {n} ranks"
    ended = case.run(template, expect="works", ranks=n)
    if ended.code == 0 and template.name in REPEATABLE:
        case.compare(template)


@kind(60)
def differing_ranks(case):
    """mpirun A : B with arguments that differ: all end, with one message."""
    template = case.template()
    other = case.bench.templates[case.random.choice(sorted(case.bench.templates))].copy()
    case.place(other)
    case.write(other.config, "other.yaml")
    case.write(template.config)
    (case.folder / "bad.yaml").write_text("pair: [\n")
    path = case.random.choice(["momentum.points=7", "solver.tolerance=1e-5", "source.r0_fm=2", "output.file=out/z.h5",
                               "x=1"])
    odd = {
        "help": ["--help"], "command help": [template.command, "--help"], "version": ["--version"],
        "usage": ["--nonsense"], "nothing": [], "other command": [other.command, "other.yaml"],
        "other config": [template.command, "other.yaml"], "bad config": [template.command, "bad.yaml"],
        "missing config": [template.command, "missing.yaml"], "show": ["show", "config.yaml"],
        "set": [template.command, "config.yaml", "--set", path],
        "dry run": [template.command, "config.yaml", "--dry-run"],
        "resume": [template.command, "config.yaml", "--resume"],
        "bad command": ["solv", "config.yaml"],
    }
    name = case.random.choice(sorted(odd))
    good = [case.bench.program, template.command, "config.yaml"]
    bad = [case.bench.program, *odd[name]]
    parts = case.random.choice([[good, bad], [bad, good], [good, good, bad], [good, bad, bad]])
    command = ["mpirun", "--quiet"]
    for i, part in enumerate(parts):
        command += ([":"] if i else []) + ["-n", 1, *part]
    case.what += f": {name} on rank {[i for i, part in enumerate(parts) if part is bad]} of {len(parts)}"
    case.commands.append(" ".join(map(str, command)))
    from processes import Started
    before = judge.snapshot(case.folder)
    ended = Started(command, case.folder).wait(case.bench.limit_s)
    config = json.loads(json.dumps({**template.config, **other.config}))
    case.judge(ended, before, template.outputs + other.outputs, config,
               [str(part) for part in odd[name]] + ["config", "argument"])


@kind(30)
def wrong_on_ranks(case):
    """What is wrong is said once on any number of ranks."""
    template = case.template()
    broken = case.random.choice(["input", "config", "output", "value"])
    if broken == "input" and template.inputs:
        path = case.folder / case.random.choice(template.inputs)
        path.rename(path.with_name("elsewhere"))
    elif broken == "output":
        key = next(iter(template.config.get("output", {})), None)
        if key:
            template.config["output"][key] = "no/such/x"
        else:
            template.config["dataset"]["file"] = "no/such/x"
    elif broken == "value":
        section = template.config.setdefault(case.random.choice(["momentum", "output", "fit", "network"]), {})
        section["nonsense"] = 1
    else:
        template.config["nonsense"] = {"a": 1}
    case.what += f": {broken}"
    case.write(template.config)
    case.run(template, expect="refused" if broken != "input" or template.inputs else "either",
             ranks=case.random.choice([2, 3, 5]))
