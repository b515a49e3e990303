"""A test's own folder as the current directory, as file names in configs are relative to that."""

import contextlib
import os

from program import InFolder


class Inside(InFolder):
    def setUp(self):
        super().setUp()
        before = os.getcwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)

    @contextlib.contextmanager
    def refused(self, error, *parts):
        with self.assertRaises(error) as caught:
            yield
        for part in parts:
            self.assertIn(part, str(caught.exception))
