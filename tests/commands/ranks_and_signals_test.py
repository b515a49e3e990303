"""Ranks that were started differently end with one message, and a signal at any moment ends a command as documented."""

import pathlib
import random
import signal
import subprocess
import time
import unittest

from program import PROGRAM, SOURCE, InFolder, main, run

SEED = 20261126
HAS_LEARNING = "without LibTorch" not in run("--version")[1]
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGHUP)


def ours(stderr):
    return [line for line in stderr.splitlines() if line.startswith("hadronforce:")]


class DifferentRanks(InFolder):
    def test_end_with_one_message(self):
        solve = self.config("n_omega_solve.yaml")
        other = self.write("other.yaml", solve.read_text())
        cases = [
            (["solve", solve], ["--help"]), (["--help"], ["solve", solve]), (["--version"], ["solve", solve]),
            (["solve", solve], ["solve", "--help"]),
            (["solve", solve], ["solve"]), (["slove", solve], ["solve", solve]), (["solve", solve], []),
            (["solve", solve], ["solve", other]),
            (["solve", solve], ["phase-shifts", solve]), (["show", "a.h5"], ["show", "b.h5"]),
            (["solve", solve], ["show", "a.h5"]),
            (["solve", solve], ["solve", solve, "--set", "momentum.points=7"]),
            (["solve", solve, "--dry-run"], ["solve", solve]),
            (["solve", solve], ["solve", solve, "--sett"]),
        ]
        if HAS_LEARNING:
            cases += [(["solve", solve], ["train", solve]), (["train", solve], ["solve", solve]),
                      (["train", "--help"], ["train", solve])]
        for first, second in cases:
            with self.subTest(first=first, second=second):
                done = subprocess.run(["mpirun", "--quiet", "-n", "1", PROGRAM, *first, ":", "-n", "1", PROGRAM,
                                       *second], cwd=self.folder,
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual((done.returncode, len(ours(done.stderr))), (2, 1), done.stderr)
                for part in ("rank 1 of 2: was started with the arguments '" + " ".join(map(str, second)) + "'",
                             "give all ranks the same"):
                    self.assertIn(part, ours(done.stderr)[0])
        self.assertEqual(list((self.folder / "out").iterdir()), [])

    def test_help_and_version_of_all_ranks(self):
        for arguments in (["--help"], ["--version"], ["solve", "--help"]):
            code, output, messages = run(*arguments, ranks=2)
            self.assertEqual((code, messages), (0, []))
            self.assertEqual(output.count("hadronforce"), run(*arguments)[1].count("hadronforce"))


class Signals(InFolder):
    def start(self, *arguments):
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def wait_until_it_listens(self, process):
        """Until the program has begun: the time in which the system loads its libraries is not its own."""
        term = 1 << (signal.SIGTERM - 1)
        while process.poll() is None:
            for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
                if line.startswith(("SigBlk:", "SigCgt:")) and int(line.split()[1], 16) & term:
                    return
            time.sleep(0.0005)

    def test_at_any_early_moment(self):
        moments = random.Random(SEED)
        print("seed", SEED)
        generate = self.config("two_parameters_generate.yaml", ("samples: 12000", "samples: 400000"))
        solve = SOURCE / "configs" / "n_omega_solve.yaml"
        commands = [(["generate", generate], {75}, "what is finished is saved"),
                    (["solve", solve, "--set", "momentum.points=30000"], {0, 1}, "ended by a signal")]
        if HAS_LEARNING:
            # Turns into another program on the way, which loads for half a second.
            commands.append((["infer", generate], {1, 2}, ""))
        for number in STOP_SIGNALS:
            for arguments, codes, words in commands:
                for delay in (0.0, moments.uniform(0.0, 0.02), moments.uniform(0.0, 0.3)):
                    with self.subTest(signal=number.name, command=arguments[0], delay=delay):
                        process = self.start(*arguments)
                        self.wait_until_it_listens(process)
                        time.sleep(delay)
                        process.send_signal(number)
                        stderr = process.communicate(timeout=60)[1]
                        self.assertIn(process.returncode, codes, stderr)
                        self.assertEqual(len(ours(stderr)), 0 if process.returncode == 0 else 1, stderr)
                        if process.returncode != 0:
                            self.assertIn(words, stderr)

    def test_a_hang_up_that_nohup_ignores(self):
        process = subprocess.Popen(["nohup", PROGRAM, "generate", self.config("two_parameters_generate.yaml")],
                                   cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.1)
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.wait(timeout=60), 0)

    def test_through_mpirun(self):
        # OpenMPI's launcher forwards USR1 and returns the program's 75; TERM, INT and HUP it turns into TERM and
        # returns 1.
        for number, expected in ((signal.SIGUSR1, 75), (signal.SIGTERM, 1), (signal.SIGINT, 1), (signal.SIGHUP, 1)):
            with self.subTest(signal=number.name):
                config = self.config("two_parameters_generate.yaml", ("samples: 12000", "samples: 2000000"))
                process = subprocess.Popen(["mpirun", "--quiet", "-n", "2", PROGRAM, "generate", config, "--set",
                                            f"dataset.file=out/{number.name}.h5"],
                                           cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                           text=True)
                while not (self.folder / "out" / f"{number.name}.h5.part").exists():
                    time.sleep(0.05)
                time.sleep(0.3)
                process.send_signal(number)
                stderr = process.communicate(timeout=60)[1]
                self.assertEqual(process.returncode, expected, stderr)
                # A busy machine may not get to a block's end within the launcher's second.
                self.assertIn(len(ours(stderr)), {1} if expected == 75 else {0, 1}, stderr)
                for message in ours(stderr):
                    self.assertIn("what is finished is saved", message)


if __name__ == "__main__":
    main()
