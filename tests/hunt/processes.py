"""Starts the program under a time-out and a memory limit, and tells how it ended."""

import dataclasses
import os
import pathlib
import select
import signal
import subprocess
import threading
import time

MEMORY_LIMIT_KB = 2 * 1024 * 1024
GRACE_S = 6  # after SIGTERM at the time-out: what says 75 within it was long work, not a hang

ENVIRONMENT = {
    **os.environ,
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
}


@dataclasses.dataclass
class Ended:
    command: str
    code: int  # as a shell sees it, but negative where a signal ended it
    out: str
    err: str
    seconds: float
    peak_kb: int
    timed_out: bool = False
    hung: bool = False
    too_large: bool = False


def tree(pid):
    """Process and all its descendants."""
    found, new = [], [pid]
    while new:
        pid = new.pop()
        found.append(pid)
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as file:
                    new += map(int, file.read().split())
        except OSError:
            pass
    return found


def memory_kb(pid):
    """Of the process and its descendants: what is not mapped from files."""
    total = 0
    for one in tree(pid):
        try:
            with open(f"/proc/{one}/status") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith(("RssAnon", "RssShmem")))
        except OSError:
            pass
    return total


def kill_tree(pid):
    for one in tree(pid):
        try:
            os.kill(one, signal.SIGKILL)
        except OSError:
            pass


class Started:
    """A running program. `stdout`, `stderr`: where they go if not to the judge; `limits`: called in the child."""

    def __init__(self, command, folder, stdin=subprocess.DEVNULL, limits=None, user=None, environment=None):
        self.begin = time.monotonic()
        self.command = " ".join(str(part) for part in command)
        self.process = subprocess.Popen([str(part) for part in command], cwd=folder, stdin=stdin,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        preexec_fn=limits, env={**ENVIRONMENT, **(environment or {})},
                                        start_new_session=True, user=user)
        self.handle = os.pidfd_open(self.process.pid)
        self.texts = [[], []]
        self.readers = [threading.Thread(target=self.read, args=(stream, text), daemon=True)
                        for stream, text in zip((self.process.stdout, self.process.stderr), self.texts)]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def read(stream, text):
        size = 0
        while block := stream.read1(1 << 16):
            if size < 1 << 20:
                text.append(block)
            size += len(block)
        stream.close()

    def signal(self, number):
        try:
            self.process.send_signal(number)
        except OSError:
            pass

    def executes(self, program):
        """Whether the program itself runs already, no shell and no copy of this one."""
        try:
            running = pathlib.Path(os.readlink(f"/proc/{self.process.pid}/exe"))
            return running.name.startswith(pathlib.Path(program).name)
        except OSError:
            return False

    def wait(self, limit_s):
        peak, timed_out, hung, too_large, asked = 0, False, False, False, None
        while not select.select([self.handle], [], [], 0.08)[0]:
            peak = max(peak, memory_kb(self.process.pid))
            now = time.monotonic()
            if peak > MEMORY_LIMIT_KB:
                too_large = True
                kill_tree(self.process.pid)
            elif asked is None and now - self.begin > limit_s:
                timed_out, asked = True, now
                self.signal(signal.SIGTERM)
            elif asked is not None and now - asked > GRACE_S:
                hung = True
                kill_tree(self.process.pid)
        os.close(self.handle)
        code = self.process.wait()
        for reader in self.readers:
            reader.join(5)
        texts = [b"".join(text).decode("utf-8", "replace") for text in self.texts]
        return Ended(self.command, code, *texts, time.monotonic() - self.begin, peak, timed_out, hung, too_large)
