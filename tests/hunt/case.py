"""One case of a hunt: a folder of its own, seeded random numbers, runs of the program that are judged as they end."""

import json
import pathlib
import random
import shutil
import signal
import stat

import judge
from processes import Started
from templates import paths


MAY_TAKE_LONG = {"values", "keys", "arguments", "sizes", "many_bins", "valid",
                 "valid_generate"}  # what was asked for may be much; SIGTERM must end it with 75


class Case:
    """`faults` collects what was wrong, `ends` the exit codes."""

    def __init__(self, bench, kind, index, folder):
        self.bench, self.kind, self.index, self.folder = bench, kind, index, pathlib.Path(folder)
        self.random = random.Random(f"{bench.seed} {kind} {index}")
        self.what, self.faults, self.ends, self.long, self.commands = "", [], [], False, []
        self.skipped, self.may_take_long = False, kind in MAY_TAKE_LONG
        (self.folder / "out").mkdir(parents=True)

    def template(self, *names):
        """A good job, one of `names` or any; its input files are put into the folder."""
        template = self.bench.templates[self.random.choice(names or sorted(self.bench.templates))].copy()
        self.what = template.name
        self.place(template)
        return template

    def place(self, template):
        for name in template.inputs:
            source = self.bench.workshop / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, self.folder / name)
        self.write(template.config)

    def write(self, config, name="config.yaml"):
        text = config if isinstance(config, str) else json.dumps(config, indent=1)
        (self.folder / name).write_text(text)

    def command(self, *arguments, ranks=1):
        start = ["mpirun", "--quiet", "-n", ranks] if ranks > 1 else []
        return [*start, self.bench.program, *arguments]

    def start(self, *arguments, ranks=1, **streams):
        command = self.command(*arguments, ranks=ranks)
        self.commands.append(" ".join(str(part)[:200] for part in command))
        return Started(command, self.folder, **streams)

    def run(self, template, *arguments, ranks=1, expect="either", plausible=True, bounded=False, finish=None,
            limit_s=None, **streams):
        """Runs and judges. `expect`: works, refused (exit code 2), failed (1 or 2), or either. `finish(started)`
        disturbs it meanwhile."""
        before = judge.snapshot(self.folder)
        started = self.start(template.command, "config.yaml", *arguments, ranks=ranks, **streams)
        if finish:
            finish(started)
        ended = started.wait(limit_s or self.bench.limit_s)
        self.judge(ended, before, template.outputs, template.config, arguments, expect, template.command)
        if ended.code == 0 and plausible:
            self.check_outputs(template.outputs, bounded)
        return ended

    def judge(self, ended, before, outputs, config, arguments=(), expect="either", command="", streams_seen=True):
        after = judge.snapshot(self.folder)
        found = judge.ending(ended, self.may_take_long)
        self.ends.append(ended.code)
        self.long |= ended.timed_out and not ended.hung
        if not (ended.hung or ended.too_large or ended.timed_out):
            if streams_seen:
                found += judge.messages(ended, self.places(before, config, arguments))
            works = outputs if command == "generate" else ()
            found += judge.folder_kept(before, after, ended.code, outputs, works)
            found += self.against(ended, expect)
        self.faults += found

    @staticmethod
    def against(ended, expect):
        if expect == "works" and ended.code != 0:
            return [("good input refused", f"exit code {ended.code}: {ended.err[-300:]}")]
        if expect == "refused" and ended.code == 0:
            return [("accepted", "exit code 0")]
        if expect == "refused" and ended.code == 1:
            return [("exit code", f"1 for bad input: {ended.err[-200:]}")]
        if expect == "failed" and ended.code == 0:
            return [("accepted", "exit code 0 though it cannot have been done")]
        return []

    def places(self, before, config, arguments):
        names = {pathlib.Path(path).name for path in before} | {str(part)[:20] for part in arguments
                                                                if len(str(part)) > 2}
        keys = {str(path[-1]) for path in paths(config) if isinstance(path[-1],
            str) and len(path[-1]) > 2} if isinstance(config, dict) else set()
        return names | keys | {"--set", "config.yaml", "command line", "rank", "standard output", "argument",
                               "see hadronforce --help"}

    def check_outputs(self, outputs, bounded=False):
        for name in outputs:
            path = self.folder / name
            if not path.exists():
                self.fault("wrong data", f"{name} is missing after exit code 0")
            elif stat.S_ISREG(path.stat().st_mode):
                self.faults += judge.implausible(path, bounded)

    def compare(self, template, tolerance=None, outputs=None, expected=None):
        """Outputs against those of an undisturbed run of the template."""
        expected = expected or self.bench.reference(template)
        for name in outputs or template.outputs:
            path = self.folder / name
            if path.exists() and stat.S_ISREG(path.stat().st_mode):
                self.faults += judge.differs(path, expected[name], tolerance or template.tolerance)

    def fault(self, name, text):
        self.faults.append((name, text))

    @property
    def end(self):
        if self.faults:
            return "fault"
        if self.skipped:
            return "skipped"
        if self.long:
            return "long"
        return {0: "done", 1: "failed", 2: "refused", 75: "stopped"}.get(self.ends[-1] if self.ends else 0, "killed")


STOPS = {"TERM": signal.SIGTERM, "INT": signal.SIGINT, "USR1": signal.SIGUSR1, "HUP": signal.SIGHUP,
         "KILL": signal.SIGKILL}
