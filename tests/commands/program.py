"""Runs the program for the tests of this folder."""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(sys.argv[2]).resolve()
SANITIZED = "LSAN_OPTIONS" in os.environ  # preset asan
TIMEOUT_S = 900 if SANITIZED else 300  # of what takes seconds: a loaded machine is no hang


def with_memory(size):
    """For `preexec_fn`: a process that gets no more bytes. With sanitizers, which reserve terabytes, no limit."""
    return None if SANITIZED else lambda: resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def run(*arguments, ranks=1, cwd=None):
    """(exit code, stdout, lines of stderr that are ours)."""
    command = [str(PROGRAM), *map(str, arguments)]
    if ranks > 1:
        command = ["mpirun", "--quiet", "-n", str(ranks), *command]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=TIMEOUT_S)
    ours = [line for line in done.stderr.splitlines() if line.startswith("hadronforce:")]
    return done.returncode, done.stdout, ours


class InFolder(unittest.TestCase):
    """A folder of the test's own, with `out` in it. So is the one above it: configs name files as `../shared/...`,
    which a temporary folder may happen to have."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = pathlib.Path(self._folder.name) / "work"
        (self.folder / "out").mkdir(parents=True)

    def skipTest(self, reason):
        # as GoogleTest says it; tools/test.sh names them at the end
        print(f"[  SKIPPED ] {type(self).__name__}.{self._testMethodName}")
        super().skipTest(reason)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def config(self, name, *replacements):
        """A config of the project with parts replaced."""
        text = (SOURCE / "configs" / name).read_text()
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new)
        return self.write("config.yaml", text)


def main():
    unittest.main(argv=sys.argv[:1]+sys.argv[3:])
