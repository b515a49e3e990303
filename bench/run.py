#!/usr/bin/python3
"""Runs the benches by name (all by default) and writes bench.json; called by tools/bench.sh."""

import argparse
import datetime
import json
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
PROGRAM = BUILD / "bin" / "hadronforce"


def google_benchmark(command):
    output = subprocess.run([*command, "--benchmark_format=json"], check=True, capture_output=True, text=True).stdout
    return json.loads(output[output.index("{"):])["benchmarks"]


def mpirun(ranks, *command):
    return ["mpirun", "-n", str(ranks), *map(str, command)]


def forward():
    """Correlation functions a second and core, beside Boost.odeint; where the time goes. Medians of interleaved
    runs."""
    runs = google_benchmark([BUILD / "bench" / "bench_forward", "--benchmark_repetitions=5",
                             "--benchmark_enable_random_interleaving=true"])
    runs = {run["run_name"].removesuffix("/min_time:1.000"): run for run in runs
            if run.get("aggregate_name") == "median"}
    uniform = runs["correlation_functions/0"]
    for argument, prior in (("0", "uniform prior"), ("1", "log-uniform b2, b4")):
        ours = runs[f"correlation_functions/{argument}"]
        yield f"correlation functions, {prior}", ours["items_per_second"], "1/s", 1
        yield "  largest error of 2,000", ours["max_error"], "of max(1, C)", 1
    yield "largest error of the 200 that Boost.odeint solves too", uniform["max_error_of_first"], "of max(1, C)", 1
    for digits in (10, 11, 12):
        odeint = runs[f"odeint_correlation_functions/{digits}"]
        yield f"Boost.odeint to 1e-{digits}", odeint["items_per_second"], "1/s", 1
        yield "  largest error of 200", odeint["max_error"], "of max(1, C)", 1
        yield "  ratio", uniform["items_per_second"] / odeint["items_per_second"], "1", 1
    total, potential, waves = (runs[name]["cpu_time"]
                               for name in ("correlation_functions/0", "potential_alone", "waves"))
    yield "share of time: potential", potential / total, "1", 1
    yield "  propagation and matching", (waves - potential) / total, "1", 1
    yield "  phases, source integral, extrapolation", (total - waves) / total, "1", 1
    yield "measured peak", runs["peak"]["flops"] / 1e9, "GFLOP/s", 1
    yield "  share of it that the stage of propagation reaches", runs["waves"]["flops"] / runs["peak"]["flops"], "1", 1


def coupled():
    """Correlation functions of two coupled channels a second and core, beside Boost.odeint."""
    runs = {run["name"]: run for run in google_benchmark([BUILD / "bench" / "bench_coupled"])}
    for kind, name in ("real", "absorptive:0"), ("absorptive", "absorptive:1"):
        run = runs[f"coupled_correlation_functions/{name}"]
        odeint = runs[f"odeint_coupled_correlation_functions/{name}"]["items_per_second"]
        yield f"two channels, {kind}", run["items_per_second"], "1/s", 1
        yield "  largest error", run["max_error"], "of max(1, C)", 1
        yield "  ratio to Boost.odeint", run["items_per_second"] / odeint, "1", 1


def generate():
    """A whole run: 100,000 samples of the five-parameter prior into a file."""
    for ranks in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            command = mpirun(ranks, PROGRAM, "generate", ROOT / "configs" / "five_parameters_generate.yaml",
                             "--set", f"dataset.file={folder}/five.h5")
            begin = datetime.datetime.now()
            subprocess.run(command, check=True, capture_output=True)
            seconds = (datetime.datetime.now() - begin).total_seconds()
            yield "generate 100,000 samples", seconds, "s", ranks
            yield "  samples", 100000 / seconds, "1/s", ranks


def training():
    """Training samples a second, beside PyTorch's DistributedDataParallel on two ranks (Debian's python3-torch)."""
    by_ranks = {ranks: google_benchmark(mpirun(ranks, BUILD / "bench" / "bench_training")) for ranks in (1, 2)}
    for ranks, runs in by_ranks.items():
        for run in runs:
            if run["name"].startswith("peak"):
                yield "measured peak of matrix products", run["flops"] / 1e9, "GFLOP/s", ranks
                continue
            width, batch = (re.search(f"{name}:(\\d+)", run["name"])[1] for name in ("width", "batch"))
            yield f"training samples, {width} wide, batches of {batch}", run["items_per_second"], "1/s", ranks
            yield "  share of time in sums", run["share_in_sums"], "1", ranks
            yield "  a rank's products", run["flops"] / ranks / 1e9, "GFLOP/s", ranks
            if batch == "128":
                continue
            torch = subprocess.run(["/usr/bin/python3", ROOT / "bench" / "learning" / "training_ddp.py", "--ranks",
                                    str(ranks), "--width", width, "--batch", batch],
                                   check=False, capture_output=True, text=True)
            if torch.returncode != 0:
                print("training: no PyTorch beside it (apt-get install python3-torch)", flush=True)
                continue
            theirs = json.loads(torch.stdout)["items_per_second"]
            yield "  PyTorch", theirs, "1/s", ranks
            yield "  ratio", run["items_per_second"] / theirs, "1", ranks


def coulomb():
    """Coulomb waves of two protons at 300 radii x 60 momenta."""
    for run in google_benchmark([BUILD / "bench" / "bench_coulomb"]):
        yield f"coulomb {run['name'].replace('/', ', ')}", 1e9 * run["s_per_value"], "ns a value", 1


def nonlocal_solver():
    """60 phase shifts, threshold and the number of bound states of the exact separable kernel, set-up included."""
    run = google_benchmark([BUILD / "bench" / "bench_nonlocal"])[0]
    yield "separable kernel, 60 phase shifts", run["real_time"], run["time_unit"], 1
    yield "  largest error", run["max_error"], "rad", 1


def kernel_fit():
    """The separable mock fit to a relative residual, beside the same loss in PyTorch (Debian's python3-torch)."""
    goals, limit_s = (1e-1, 1e-2, 1e-3, 1e-4), 120
    with tempfile.TemporaryDirectory() as folder:
        waves = f"{folder}/waves.h5"
        subprocess.run([PROGRAM, "lattice-mock", ROOT / "configs" / "separable_lattice_mock.yaml", "--set",
                        f"output.file={waves}"],
                       check=True, capture_output=True)
        curve = f"{folder}/curve.csv"
        fit = [PROGRAM, "lattice-fit", ROOT / "configs" / "separable_lattice_fit.yaml", "--set", f"data.file={waves}",
               "--set",
               f"output.potential={folder}/potential.h5", "--set", f"output.learning_curve={curve}", "--set",
               f"fit.goal={goals[-1]}"]
        subprocess.run(fit, check=True, capture_output=True)
        rows = [line.split(",") for line in pathlib.Path(curve).read_text().splitlines()[1:]]
        ours = {goal: next(float(row[4]) for row in rows if float(row[1]) <= goal) for goal in goals}
        for goal in goals:
            yield f"fit to residual {goal:g}", ours[goal], "s", 1
        torch = subprocess.run(["/usr/bin/python3", ROOT / "bench" / "lattice" / "kernel_fit_torch.py", waves,
                                "--limit-s", str(limit_s), "--goals",
                                *map(str, goals)], check=False, capture_output=True, text=True)
        if torch.returncode != 0:
            print("kernel_fit: no PyTorch beside it (apt-get install python3-torch)", flush=True)
            return
        theirs = json.loads(torch.stdout)
        for goal in goals:
            if str(goal) in theirs["seconds_to"]:
                yield f"PyTorch to residual {goal:g}", theirs["seconds_to"][str(goal)], "s", 1
                yield "  ratio", theirs["seconds_to"][str(goal)] / ours[goal], "1", 1
        yield f"PyTorch's residual after {theirs['seconds']:.0f} s", theirs["residual"], "1", 1


def likelihood():
    """chi2 of a fit a second, from C++ and from Python (preset release builds the package where it can)."""
    output = subprocess.run(["/usr/bin/python3", ROOT / "bench" / "python" / "likelihood_bench.py", BUILD], cwd=ROOT,
                            check=True, capture_output=True, text=True).stdout
    for what, cpp, python, ratio in json.loads(output):
        yield what, cpp, "1/s", 1
        yield "  from Python", python, "1/s", 1
        yield "  ratio", ratio, "1", 1


# What each figure does not count; all else of the work it names is in it.
BENCHES = {
    "forward": (forward, "tables of the momenta, made once a solver (0.05 s); reading, writing"),
    "coupled": (coupled, "tables of the momenta, made once a solver; reading, writing"),
    "generate": (generate, "nothing: a whole run under mpirun, with its start and end (a second)"),
    "training": (training, "reading and normalising the data, making the network"),
    "nonlocal": (nonlocal_solver, "nothing: set-up, phase shifts, threshold, bound states"),
    "coulomb": (coulomb, "nothing"),
    "kernel_fit": (kernel_fit, "start of the program and of Python, reading the waves"),
    "likelihood": (likelihood, "start, reading config and data; processor time"),
}


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    version = subprocess.run([PROGRAM, "--version"], check=True, capture_output=True, text=True).stdout.splitlines()
    return {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "machine": model.group(1) if model else platform.machine(), "build": version[1], "program": version[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    names = parser.parse_args().names or list(BENCHES)
    for name in names:
        if name not in BENCHES:
            sys.exit(f"bench.sh: there is no bench {name}; known: {', '.join(BENCHES)}")
    facts = machine()
    print("\n".join(f"{key}: {value}" for key, value in facts.items()))
    results = []
    for name in names:
        bench, not_counted = BENCHES[name]
        print(f"{name:<10} not counted: {not_counted}")
        for label, value, unit, ranks in bench():
            results.append({"name": f"{name}: {label.strip()}", "value": value, "unit": unit, "ranks": ranks})
            print(f"{name:<10} {label:<36} {value:>12.4g} {unit:<12} {ranks} rank{'s' if ranks > 1 else ''}",
                  flush=True)
    pathlib.Path("bench.json").write_text(json.dumps({**facts, "results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
