"""Signals, output streams, and several jobs at once."""

import os
import subprocess
import time

import judge
from case import STOPS
from devices import make_device
from kinds import kind
from processes import Started


def wait_until_it_runs(case, started):
    for _ in range(400):
        if started.executes(case.bench.program) or started.process.poll() is not None:
            return
        time.sleep(0.005)


def longer(case, template):
    """The same job with seconds of work."""
    if template.name == "generate":
        template.config["dataset"]["samples"] = 6000
    elif template.name == "train":
        template.config["training"]["epochs"] = 60
    elif template.name.startswith("lattice_fit"):
        template.config["fit"]["most_steps"] = 400
    case.write(template.config)


@kind(100)
def signals(case):
    """A signal at a random time, most of them in the first tenth of a second; then the work is done by another run."""
    template = case.template()
    if case.random.random() < 0.5:
        longer(case, template)
    number = case.random.choice(["TERM", "TERM", "INT", "USR1", "HUP", "KILL"])
    ranks = case.random.choice([1, 1, 1, 2])
    delay = case.random.uniform(0.0, 0.1) if case.random.random() < 0.6 else case.random.uniform(0.1, 1.5)
    case.what += f": SIG{number} after {delay * 1000:.0f} ms on {ranks} rank{'s' * (ranks > 1)}"
    before = judge.snapshot(case.folder)
    started = case.start(template.command, "config.yaml", ranks=ranks)
    if ranks == 1:
        wait_until_it_runs(case, started)
    time.sleep(delay)
    started.signal(STOPS[number])
    ended = started.wait(case.bench.limit_s)
    after = judge.snapshot(case.folder)
    case.ends.append(ended.code)
    if ended.hung or ended.timed_out:
        case.fault("hang", f"{ended.seconds:.0f} s after the signal")
        return
    said = ended.code in (1, 75) and "signal" in ended.err or ended.code == 75
    if number in ("TERM", "INT",
                  # before that the system links it
                  "USR1") and ranks == 1 and ended.code != 0 and not said and delay > 0.04:
        case.fault("died of the signal", f"exit code {ended.code} after {delay * 1000:.0f} ms: {ended.err[-150:]}")
    if number in ("TERM", "INT",
                  "USR1") and ended.code == 75 and len([line for line in ended.err.splitlines() + ended.out.splitlines()
                                                        if line.strip()]) == 0:
        case.fault("messages", "75 without a word")
    changed = [path for path in before if after.get(path) != before[path] and path not in template.outputs]
    if changed:
        case.fault("input changed", ", ".join(changed))
    resume = ["--resume"] if template.command in ("train", "lattice-fit", "lattice-budget") else []
    case.run(template, *resume, expect="works")
    if case.ends[-1] == 0:
        case.compare(template, tolerance=max(template.tolerance, 1e-6))
    left = [path.name for path in (case.folder / "out").iterdir()
            if str(path.relative_to(case.folder)) not in template.outputs]
    if left and number != "KILL":
        case.fault("left behind", f"after the run that finished: {', '.join(left)}")


@kind(60)
def streams(case):
    """Standard output, error or input closed, full, or read to the first line alone: files are written all the same."""
    template = case.template()
    how = case.random.choice(["closed", "full", "head", "gone", "no error", "no input", "all closed", "full error",
                              "show full", "show closed"])
    case.what += f": {how}"
    make_device(case.folder / "full", "full")
    if how.startswith("show"):
        (case.folder / "shown.h5").write_bytes((case.bench.workshop / "dataset.h5").read_bytes())
    line = {"closed": "{} >&-", "full": "{} >full", "head": "{} | head -1", "gone": "{} | true", "no error": "{} 2>&-",
            "no input": "{} <&-", "all closed": "{} <&- >&- 2>&-", "full error": "{} 2>full",
            "show full": "{} >full", "show closed": "{} >&-"}[how]
    start = f"{case.bench.program} " + ("show shown.h5"
                                        if how.startswith("show") else f"{template.command} config.yaml")
    before = judge.snapshot(case.folder)
    command = ["bash", "-c", "set -o pipefail; " + line.format(start)]
    case.commands.append(command[-1])
    ended = Started(command, case.folder, stdin=subprocess.DEVNULL).wait(case.bench.limit_s)
    if how in ("head", "gone") and ended.code == 141:
        case.fault("died of the signal", "SIGPIPE")
    case.judge(ended, before, template.outputs, template.config, ["standard output"], "either", template.command,
               streams_seen=how not in ("no error", "all closed", "full error"))
    if how.startswith("show"):
        if ended.code == 0:
            case.fault("accepted", "show ends with 0 though nothing was shown")
    else:
        if ended.code not in (0, 1):
            case.fault("good input refused", f"exit code {ended.code}: {ended.err[-200:]}")
        for name in template.outputs:
            if not (case.folder / name).exists():
                case.fault("output damaged", f"{name} is missing with exit code {ended.code}")
        case.compare(template)


@kind(80)
def overlaps(case):
    """Two to four jobs on one file: what is there at the end is one job's, whole, and losers say so."""
    template = case.template()
    if case.random.random() < 0.5:
        longer(case, template)
    different = case.random.random() < 0.35 and template.command in ("solve", "phase-shifts", "lattice-potential",
        "lattice-mock", "generate")
    configs = ["config.yaml"]
    possible = [case.bench.reference(template)]
    if different:
        second = template.copy()
        if template.command in ("solve", "phase-shifts"):
            second.config["momentum"]["points"] = 9
        elif template.command == "generate":
            second.config["momentum"]["k_max_MeV"] *= 2
            second.config.pop("resolution", None)
        elif template.command == "lattice-potential":
            second.config["potential"]["times"] = [5]
        elif template.name == "lattice_mock":
            second.config["noise"]["seed"] = 5
        else:
            second.config["radii"]["panels"] = 2
        case.write(second.config, "second.yaml")
        configs.append("second.yaml")
        possible.append(case.bench.reference(second))
    jobs = case.random.choice([2, 2, 3, 4])
    spread = case.random.choice([0, 0.01, 0.03, 0.3])
    case.what += f": {jobs} jobs within {spread * 1000:.0f} ms" + (", two configs" if different else "")
    before = judge.snapshot(case.folder)
    running = []
    for i in range(jobs):
        running.append(case.start(template.command, configs[i % len(configs)]))
        time.sleep(case.random.uniform(0, spread) if spread else 0)
    ended = [one.wait(case.bench.limit_s) for one in running]
    after = judge.snapshot(case.folder)
    places = case.places(before, template.config, ()) | {name.split("/")[-1] for name in template.outputs}
    for one in ended:
        case.ends.append(one.code)
        case.faults += judge.ending(one)
        if one.code in (1, 2):
            case.faults += judge.messages(one, places)
    if any(after.get(path) != what for path, what in before.items()):
        case.fault("input changed", "an input changed")
    left = [path for path in after if path not in before and path not in template.outputs]
    if left:
        case.fault("left behind", f"exit codes {[one.code for one in ended]}: {', '.join(left)}")
    if not any(one.code == 0 for one in ended):
        case.fault("good input refused", f"no job of {jobs} finished: {[(one.code, one.err[-150:]) for one in ended]}")
        return
    finished = [configs[i % len(configs)] for i, one in enumerate(ended) if one.code == 0]
    wrong = []
    for config, reference in zip(configs, possible):
        if config in finished:
            wrong.append([fault for name in template.outputs for fault in judge.differs(case.folder / name,
                reference[name], max(template.tolerance, 1e-6))])
    if all(wrong):
        case.fault("wrong data",
                   f"exit codes {[one.code for one in ended]}, the outputs are no job's: {wrong[0][0][1]}")
    if case.random.random() < 0.5:
        case.run(template, expect="either" if different else "works", plausible=False)
