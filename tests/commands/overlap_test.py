"""Several runs on the same outputs: one works and the others are refused at once; what it leaves is whole and nothing
else."""

import os
import pathlib
import signal
import socket
import subprocess

import h5py

from program import PROGRAM, TIMEOUT_S, main, run
from small_runs import RUNS, InFolderWithInputs, outputs_of, without_advice

TOGETHER, ROUNDS = 4, 3


def content(path):
    """All datasets of a file but those that tell seconds, or a text."""
    if path.suffix != ".h5":
        return path.read_text()
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name,
                        item: found.update({name: item[()].tobytes()})
                        if isinstance(item, h5py.Dataset) and "curve" not in name else None)
    return found


class Overlap(InFolderWithInputs):
    def command(self, name, *more):
        return [str(PROGRAM), RUNS[name][0], f"{name}.yaml", *more]

    def begin(self, name, *more, env=None):
        return subprocess.Popen(self.command(name, *more), cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True,
                                env={**os.environ, **(env or {})})

    def names(self):
        return sorted(f"out/{path.name}" for path in (self.folder / "out").iterdir())

    def outcome(self, processes):
        """Exit codes; every refusal is one line that names the other run."""
        codes = []
        for process in processes:
            output, errors = process.communicate(timeout=TIMEOUT_S)
            errors = without_advice(errors)
            codes.append(process.returncode)
            self.assertIn(process.returncode, (0, 2), errors)
            if process.returncode == 2:
                self.assertEqual((len(errors.splitlines()), output), (1, ""), errors)
                self.assertRegex(errors, r"is being written by another run \(process \d+ on ")
        return codes

    def test_runs_that_start_together(self):
        refused = 0
        for name in RUNS:
            (self.folder / "out").mkdir(exist_ok=True)
            self.assertEqual(run(*self.command(name)[1:], cwd=self.folder)[0], 0)
            right = {path: content(self.folder / path) for path in outputs_of(name).values()}
            for _ in range(ROUNDS):
                for path in (self.folder / "out").iterdir():
                    path.unlink()
                with self.subTest(run=name):
                    codes = self.outcome([self.begin(name) for _ in range(TOGETHER)])
                    self.assertIn(0, codes)
                    refused += codes.count(2)
                    self.assertEqual(self.names(), sorted(right))
                    for path, expected in right.items():
                        if not path.endswith("curve.csv") and not path.endswith("kernel.csv"):  # seconds
                            self.assertTrue(content(self.folder / path) == expected, path)
            for path in (self.folder / "out").iterdir():
                path.unlink()
        print(refused, "of", TOGETHER * ROUNDS * len(RUNS), "were refused")
        self.assertGreater(refused, 0)

    def test_two_configs_never_mix(self):
        right = {}  # two that differ
        for mass in ("0.25", "0.3"):
            self.assertEqual(run(*self.command("lattice-potential", f"--set=potential.reduced_mass_a={mass}")[1:],
                                 cwd=self.folder)[0], 0)
            right[mass] = {path: content(self.folder / path) for path in outputs_of("lattice-potential").values()}
        self.assertTrue(right["0.25"] != right["0.3"])
        for _ in range(4 * ROUNDS):
            processes = [self.begin("lattice-potential", f"--set=potential.reduced_mass_a={mass}")
                         for mass in ("0.25", "0.3") * 2]
            self.assertIn(0, self.outcome(processes))
            self.assertTrue({path: content(self.folder / path)
                             for path in outputs_of("lattice-potential").values()} in right.values())
        self.assertEqual(self.names(), sorted(outputs_of("lattice-potential").values()))

    def test_one_shared_output_is_enough(self):
        # Whichever order the two name them in.
        (self.folder / "link").symlink_to("out/b.h5")
        for _ in range(ROUNDS):
            processes = [self.begin("solve", "--set=output={table: out/a.csv, file: link}"),
                         self.begin("solve", "--set=output={table: out/b.h5, file: out/a.csv}"),
                         self.begin("phase-shifts", "--set=output={table: out/c.csv, file: ./out/../out/b.h5}")]
            self.assertIn(0, self.outcome(processes))
        self.assertFalse([name for name in self.names() if ".lock" in name or ".part" in name])

    LONG = ("--set=potential.depth_MeV={uniform: [0, 30]}", "--set=dataset={file: out/design.h5, samples: 400000}")

    def long_run(self, env=None):
        process = self.begin("generate", *self.LONG, env=env)
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        for line in process.stdout:  # until it has finished a block
            if " samples, " in line:
                break
        return process

    def test_a_long_run_is_alone(self):
        process = self.long_run({"SLURM_JOB_ID": "4711"})
        before = {name: (self.folder / name).stat().st_ino for name in self.names()}
        for more in ((), self.LONG):
            other = self.begin("generate", *more)
            self.assertEqual(self.outcome([other]), [2])
        done = subprocess.run(self.command("solve", "--set=output={file: out/design.h5}"), cwd=self.folder,
                              capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        self.assertEqual(done.returncode, 2)
        for part in (f"process {process.pid} on {socket.gethostname()}, job 4711, since 20", "output.file",
                     "out/design.h5", "wait for it"):
            self.assertIn(part, done.stderr)
        self.assertEqual({name: (self.folder / name).stat().st_ino for name in self.names()}, before)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=TIMEOUT_S), 75)
        self.assertEqual(self.names(), ["out/design.h5.part"])

    def test_what_a_killed_run_leaves_is_taken_over(self):
        process = self.long_run()
        process.kill()
        process.wait()
        self.assertIn("out/design.h5.lock", self.names())
        second = self.long_run()
        second.send_signal(signal.SIGTERM)
        self.assertEqual(second.wait(timeout=TIMEOUT_S), 75)
        # Four at once find the remains of one that was killed while it wrote.
        text = "host: {}\nboot: {}\nprocess: {}\nstarted: 1\njob: \nrestart: \nstep: \nsince: 2026-01-01T00:00:00Z\n"
        boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        for path in (self.folder / "out").iterdir():
            path.unlink()
        for _ in range(2 * ROUNDS):
            gone = subprocess.Popen(["true"])
            gone.wait()
            host = "".join(c if c.isalnum() else "_" for c in socket.gethostname()[:32])
            self.write("out/solve.h5.lock", text.format(socket.gethostname(), boot, gone.pid))
            self.write(f"out/solve.h5.part.{host}-{gone.pid}", "half")
            self.write(f"out/solve.h5.checkpoint.part.{host}-{gone.pid}", "half")
            self.assertIn(0, self.outcome([self.begin("solve") for _ in range(TOGETHER)]))
            self.assertEqual(self.names(), ["out/solve.csv", "out/solve.h5"])
        # A lock without a word, of a run that was killed before it could sign.
        self.write("out/solve.csv.lock", "")
        os.utime(self.folder / "out/solve.csv.lock", (0, 0))
        self.assertEqual(self.outcome([self.begin("solve")]), [0])
        self.assertEqual(self.names(), ["out/solve.csv", "out/solve.h5"])

    def test_a_run_that_a_signal_ends_leaves_nothing(self):
        process = self.begin("solve", "--set=momentum={k_min_MeV: 5, k_max_MeV: 300, points: 40000}")
        process.stdout.readline()  # it says what it does, and begins
        self.assertEqual(self.names(), ["out/solve.csv.lock", "out/solve.h5.lock"])
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 1)
        self.assertEqual(self.names(), [])

    def test_locks_of_other_hosts(self):
        text = ("host: node17\nboot: another\nprocess: 12\nstarted: 1\njob: {}\nrestart: {}\nstep: 0\n"
                "since: 2026-01-01T00:00:00Z\n")
        lock = self.write("out/solve.h5.lock", text.format("99", "1"))
        for env in ({}, {"SLURM_JOB_ID": "98", "SLURM_RESTART_COUNT": "5"},
                    {"SLURM_JOB_ID": "99", "SLURM_RESTART_COUNT": "1"}):
            process = self.begin("solve", env=env)
            _, errors = process.communicate(timeout=TIMEOUT_S)
            self.assertEqual(process.returncode, 2)
            self.assertIn("(process 12 on node17, job 99, since 2026-01-01T00:00:00Z)", errors)
            self.assertIn("if that run is gone, remove out/solve.h5.lock", errors)
            self.assertEqual(self.names(), ["out/solve.h5.lock"])
            self.assertEqual(lock.read_text(), text.format("99", "1"))
        # The same job, started again by Slurm: the earlier start is gone.
        self.assertEqual(self.outcome([self.begin("solve", env={"SLURM_JOB_ID": "99", "SLURM_RESTART_COUNT": "2"})]),
                         [0])
        self.assertEqual(self.names(), ["out/solve.csv", "out/solve.h5"])


if __name__ == "__main__":
    main()
