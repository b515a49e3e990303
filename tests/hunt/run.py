#!/usr/bin/env python3
"""Hunts for crashes, hangs, lost files and silent nonsense with hostile input of every kind.

    /usr/bin/python3 tests/hunt/run.py build/dev/bin/hadronforce --seed 1 --cases 1000

Every case runs in its own folder under a time-out and a limit of 2 GB. Ends with 1 where a case found a fault."""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import judge  # noqa: E402
from case import Case  # noqa: E402
from devices import NotHere  # noqa: E402
from kinds import KINDS  # noqa: E402
from templates import make_workshop  # noqa: E402

ENDS = ["done", "refused", "failed", "stopped", "killed", "long", "skipped", "fault"]


class Bench:
    """What all cases share: the program, good inputs, results of undisturbed runs."""

    def __init__(self, program, seed, folder, limit_s):
        self.program, self.seed, self.limit_s = program, seed, limit_s
        self.folder, self.workshop, self.references = folder, folder / "workshop", {}
        self.lock = threading.Lock()
        self.workshop.mkdir()
        self.templates = make_workshop(program, self.workshop)

    def reference(self, template):
        """Results by output of an undisturbed run on one rank."""
        key = json.dumps([template.command, template.config])
        with self.lock:
            return self.made_reference(key, template)

    def made_reference(self, key, template):
        if key not in self.references:
            case = Case(self, "reference", len(self.references), tempfile.mkdtemp(prefix="reference", dir=self.folder))
            case.place(template)
            ended = case.start(template.command, "config.yaml").wait(self.limit_s)
            if ended.code != 0:
                raise RuntimeError(f"undisturbed {template.name} ends with {ended.code}: {ended.err}")
            self.references[key] = {name: judge.read_results(case.folder / name) for name in template.outputs}
            shutil.rmtree(case.folder)
        return self.references[key]


def shares(cases, kinds):
    """How many cases of each kind."""
    total = sum(KINDS[kind].share for kind in kinds)
    return {kind: max(1, round(cases * KINDS[kind].share / total)) for kind in kinds}


def run_case(bench, kind, index):
    case = Case(bench, kind, index, bench.folder / f"{kind}{index}")
    try:
        KINDS[kind].hunt(case)
    except NotHere as reason:
        case.what += f" ({reason})"
        case.skipped = True
    except Exception:  # a fault of the hunt, shown as such
        case.fault("hunt", traceback.format_exc(limit=4)[-600:])
    return case


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--kind", action="append", choices=sorted(KINDS))
    parser.add_argument("--case", type=int, help="this one alone, of one --kind")
    parser.add_argument("--limit", type=float, default=20, help="seconds a run may take")
    parser.add_argument("--jobs", type=int, default=1, help="cases at a time")
    parser.add_argument("--keep", type=pathlib.Path, help="keep the folders of cases that failed here")
    parser.add_argument("--summary", type=pathlib.Path, help="write counts here (text), and beside it faults (.json)")
    arguments = parser.parse_args()
    kinds = arguments.kind or list(KINDS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # by way of the clean-up below
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hunt-"))
    program = arguments.program.resolve()
    begin = time.monotonic()
    print(f"seed {arguments.seed}, program {program}", flush=True)
    counts, names, faults, number = collections.defaultdict(collections.Counter), collections.Counter(), [], 0
    try:
        bench = Bench(program, arguments.seed, folder, arguments.limit)
        if arguments.case is not None:
            todo = [(kinds[0], arguments.case)]
        else:
            todo = [(kind, i) for kind, n in shares(arguments.cases, kinds).items() for i in range(n)]
        pool = concurrent.futures.ThreadPoolExecutor(arguments.jobs)
        for case in pool.map(lambda one: run_case(bench, *one), todo):
            kind, index, number = case.kind, case.index, number + 1
            counts[kind][case.end] += 1
            for name in {name for name, _ in case.faults}:
                counts[kind][name] += 1
                names[name] += 1
            if case.faults:
                repeat = (f"/usr/bin/python3 tests/hunt/run.py BIN --seed {arguments.seed} --kind {kind} "
                          f"--case {index} --keep /tmp/kept")
                faults.append({"kind": kind, "case": index, "what": case.what, "faults": case.faults,
                               "commands": case.commands, "ends": case.ends, "repeat": repeat})
                print(f"{kind} {index}: {case.what[:200]}", *(f"    {name}: {text}" for name, text in case.faults),
                      sep="\n", flush=True)
            elif arguments.case is not None:
                print(f"{kind} {index}: {case.what}; {case.end}; {case.ends}; {case.commands}")
            if case.faults and arguments.keep:
                shutil.copytree(case.folder, arguments.keep / f"{kind}{index}", symlinks=True, dirs_exist_ok=True,
                                ignore=only_files)
            shutil.rmtree(case.folder, ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = table(kinds, counts, names, number, time.monotonic() - begin, arguments.seed)
    print(text)
    if arguments.summary:
        arguments.summary.write_text(text + "\n")
        arguments.summary.with_suffix(".json").write_text(json.dumps(faults, indent=1))
    return 1 if faults else 0


def only_files(root, names):
    """No FIFOs, no devices."""
    return [name for name in names if not os.path.islink(p := os.path.join(root,
        name)) and not os.path.isdir(p) and not os.path.isfile(p)]


def table(kinds, counts, names, number, seconds, seed):
    columns = ENDS + sorted(names)
    rows = [["kind", "cases", *columns]]
    for kind in kinds:
        rows.append([kind, sum(counts[kind][end] for end in ENDS), *(counts[kind][column] for column in columns)])
    rows.append(["all", number, *(sum(counts[kind][column] for kind in kinds) for column in columns)])
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(str(cell).ljust(w) if i == 0 else str(cell).rjust(w) for i,
                       (cell, w) in enumerate(zip(row, widths))) for row in rows]
    return "\n".join([f"{number} cases, seed {seed}, {seconds:.0f} s; a case with several faults counts in several "
                      f"columns", *lines])


if __name__ == "__main__":
    sys.exit(main())
