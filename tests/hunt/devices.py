"""Device nodes and small disks in the folder of a case, where the system lets us make them."""

import contextlib
import os
import subprocess

MINOR = {"null": 3, "zero": 5, "full": 7}


class NotHere(Exception):
    """What a case needs cannot be made on this system."""


def make_device(path, name):
    """A node of the kind of /dev/NAME."""
    try:
        os.mknod(path, 0o20666, os.makedev(1, MINOR[name]))
    except PermissionError as error:
        raise NotHere("device nodes need root") from error


@contextlib.contextmanager
def small_disk(folder, options):
    """A tmpfs with `options` on the folder."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True).returncode != 0:
        raise NotHere("nothing can be mounted")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=False)
