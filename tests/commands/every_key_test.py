"""Every key of every command with every kind of wrong value: refused with exit code 2 and one message that names the
place,
or accepted; never a crash, another library's message, more than 2 GB or a long wait. Numbers within the bounds of
their units
may also end with 1 where they leave nothing to compute: no grid resolves a well of 1e12 MeV.

    every_key_test.py PROGRAM SOURCE [--cases 200] [--seed 1]        # --cases 0: all of them, an hour
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
parser.add_argument("program", type=pathlib.Path)
parser.add_argument("source", type=pathlib.Path)
parser.add_argument("--cases", type=int, default=200)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--only", default="", help="a part of TEMPLATE:KEY")
arguments = parser.parse_args()
sys.path.insert(0, str(arguments.source.resolve() / "tests" / "hunt"))
from processes import ENVIRONMENT  # noqa: E402
from templates import dotted, get, make_workshop, paths  # noqa: E402

LIMIT_S = 60
MOST_BYTES = 2 << 30
NUMBERS = ["-1", "0", "1.5", "1e18", "1e300", "1e-300", "-1e300", "99999999999999999999", ".nan", ".inf"]
SHAPES = ["deep", "''", "[]", "[1]", "{}", "{a: 1}", "", "[[1]]", "true"]
FILES = ["no/such/file", "a_folder", "an_empty_file", "noise", "an_empty_file/x", "''", "[]", "{}", "", "5"]
DEVICES = ["/dev/null", "/dev/zero"]  # only to be read: a test that runs as root must not be able to damage them
FOREIGN = ["std::", "bad_alloc", "HDF5-DIAG", "c10", "YAML", "yaml-cpp", "terminate", "Assertion", "vector::",
           "basic_string", "filesystem", "stod", "Eigen", "MPI_"]


def values_for(config, path):
    old = get(config, path)
    if isinstance(old, str) and ("file" in str(path[-1]) or "." in old or "folder" in str(path[-1])):
        is_read = path[0] != "output" and path != ("dataset", "file")
        return FILES + (DEVICES if is_read else [])
    if isinstance(old, (int, float)):
        return NUMBERS + SHAPES
    return ["-1", "1e300", *SHAPES]


def limited():
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))


def run(program, workshop, template, path, value):
    """(exit code, messages, all of stderr, seconds) of the template with one key changed, in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=workshop.parent) as name:
        folder = pathlib.Path(name)
        for file in template.inputs:
            (folder / file).symlink_to(workshop / file)
        (folder / "out").mkdir()
        (folder / "a_folder").mkdir()
        (folder / "an_empty_file").touch()
        (folder / "noise").write_bytes(bytes(range(256)) * 9)
        (folder / "config.yaml").write_text(json.dumps(template.config, indent=1))
        begin = time.monotonic()
        try:
            done = subprocess.run([program, template.command, "config.yaml", "--set", f"{dotted(path)}={value}"],
                                  cwd=folder, env=ENVIRONMENT, preexec_fn=limited,
                                  capture_output=True, text=True, timeout=LIMIT_S, errors="replace")
        except subprocess.TimeoutExpired:
            return "long", [], "", LIMIT_S
        # A warning about the machine is none of the input.
        stderr = "\n".join(line for line in done.stderr.splitlines() if "GFLOP/s" not in line)
        return done.returncode, [line for line in stderr.splitlines()
                                 if line.startswith("hadronforce:")], stderr, time.monotonic() - begin


def fault(code, messages, stderr, template, path, value):
    """What is wrong with how the program ended; empty if nothing is."""
    if code == "long":
        return f"runs for more than {LIMIT_S} s"
    if code not in ((0, 1, 2) if value in NUMBERS else (0, 2)):
        return f"ends with {code}"
    for words in FOREIGN:
        if words in stderr:
            return f"speaks of {words}"
    if code == 0:
        return ""
    if len(messages) != 1 or len(stderr.strip().splitlines()) != 1:
        return f"says {len(messages)} messages"
    if code == 1:
        return ""
    key = next(step for step in reversed(path) if isinstance(step, str))
    if not any(place in messages[0]
               for place in [key, "config.yaml", *([value] if len(value) > 1 else [f"{value}: "]), *template.inputs]):
        return "names no place"
    return "" if len(messages[0]) < 600 else "says too much"


def main():
    program = arguments.program.resolve()
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "workshop").mkdir()
    faults, ends = [], collections.Counter()
    try:
        templates = make_workshop(program, folder / "workshop")
        cases = [(template, path, value) for template in templates.values() for path in paths(template.config)
                 for value in values_for(template.config, path)
                 if arguments.only in f"{template.name}:{dotted(path)}"]
        # A key of a command is one key in however many templates it stands.
        cases = list({(case[0].command, dotted(case[1]), case[2]): case for case in cases}.values())
        random.Random(arguments.seed).shuffle(cases)
        chosen = cases[: arguments.cases or None]
        print(f"seed {arguments.seed}: {len(chosen)} of {len(cases)} cases", flush=True)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            ended = pool.map(lambda case: (case, run(program, folder / "workshop", *case)), chosen)
            for (template, path, value), (code, messages, stderr, seconds) in ended:
                ends[code] += 1
                if wrong := fault(code, messages, stderr, template, path, value):
                    faults.append(wrong)
                    print(f"{template.name}: {dotted(path)}={value} {wrong} ({seconds:.1f} s): {stderr.strip()[:400]}",
                          flush=True)
    finally:
        shutil.rmtree(folder)
    print(f"ends {dict(ends)}, faults {len(faults)}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
