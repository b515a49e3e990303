"""What a run may do to its folder, say, and write. Each check returns faults: pairs of a short name and a text."""

import hashlib
import os
import pathlib
import re
import stat
import zlib

import h5py
import numpy as np

FOREIGN = re.compile(
    r"HDF5-DIAG|H5[A-Z][a-z]+\(|H5[A-Z]_|yaml-cpp|YAML::|yaml error|bad_alloc|bad conversion|terminate "
    r"called|what\(\)|c10::|"
    r"Caught signal|MPI_ABORT|MPI_Abort|MPI_ERR|Assertion|basic_string|vector::|stoi|stod|std::|map::at|"
    r"AddressSanitizer|runtime error:|core dumped|Segmentation|free\(\)|malloc|double free|stack "
    r"smashing|cannot create std",
    re.IGNORECASE)
NOTE = re.compile(r"hadronforce: (warning|note|matrix products run at)")
# What mpirun and its daemons say beside the program's own message.
MPIRUN = re.compile(r"^(-{10,}|\[[^\]]*\] .*|mpirun.*|Primary job.*|a non-zero exit code.*|Per "
                    r"user-direction.*|.*PMIX.*|.*ORTE.*|\s*Process name:.*|"
                    r"\s*Exit code:.*|.*forwarding signal.*|)$")
EXIT_CODES = {0, 1, 2, 75}


def snapshot(folder):
    """What lies in the folder: kind, content and device of every entry, by its path."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(root, name)
            status = os.lstat(path)
            kind = stat.S_IFMT(status.st_mode)
            if stat.S_ISREG(status.st_mode):
                if status.st_size > 1 << 28:
                    content = str(status.st_size)
                else:
                    with open(path, "rb") as file:
                        content = hashlib.sha256(file.read()).hexdigest()
            elif stat.S_ISLNK(status.st_mode):
                content = os.readlink(path)
            else:
                content = str(status.st_rdev) if not stat.S_ISDIR(status.st_mode) else ""
            found[os.path.relpath(path, folder)] = (kind, content)
    return found


def ending(ended, may_take_long=False):
    """Crash, hang, memory, exit code."""
    faults = []
    if ended.too_large:
        return [("memory", f"{ended.peak_kb / 1e6:.1f} GB after {ended.seconds:.1f} s")]
    if ended.hung:
        return [("hang", f"no end within {ended.seconds:.0f} s, SIGTERM unheeded")]
    said = re.search("stopped|run again|run it again", ended.out + ended.err)
    stopped = ended.code in (0, 75) or (ended.code == 1 and (said or "mpirun" in ended.command))  # it says 1 for 75
    if ended.timed_out and not (may_take_long and stopped):
        return [("hang", f"no end within {ended.seconds:.0f} s, exit code {ended.code} on SIGTERM")]
    if ended.code < 0 or ended.code > 128:
        faults.append(("crash", f"exit code {ended.code}"))
    elif ended.code not in EXIT_CODES:
        faults.append(("exit code", f"exit code {ended.code}"))
    if re.search(r"exited on signal (4|6|7|8|11)\b", ended.err):
        faults.append(("crash", "a rank crashed"))
    return faults


def messages(ended, places):
    """One message, ours alone, that names one of `places`."""
    faults = []
    lines = ended.err.splitlines()
    ours = [line for line in lines if line.startswith("hadronforce:")]
    errors = [line for line in ours if not NOTE.match(line)]
    others = [line for line in lines if not line.startswith("hadronforce:") and not MPIRUN.match(line)]
    foreign = [line for line in lines if FOREIGN.search(line)]
    if foreign:
        faults.append(("foreign text", f"{foreign[0][:200]} in: {ended.err[:400]!r}"))
    elif others:
        faults.append(("foreign text", others[0][:200]))
    if ended.code in (1, 2) and not ended.timed_out:
        if len(errors) != 1:
            faults.append(("messages",
                           f"{len(errors)} messages with exit code {ended.code}: {' | '.join(errors)[:300]}"))
        elif not any(place in errors[0] for place in places):
            faults.append(("no place", errors[0][:300]))
    return faults


def folder_kept(before, after, code, outputs, works):
    """Inputs are as they were; outputs that were there are not damaged by a failure; a refusal leaves nothing
    behind."""
    faults = []
    own = set(outputs) | {name + end for name in [*outputs, *works] for end in (".part", ".part.new", ".part.progress",
        ".checkpoint", ".lock")}
    for path, what in before.items():
        if after.get(path) == what:
            continue
        # What a killed run had begun under a name of its own, the next run clears away.
        if path not in after and re.search(r"\.part\.[\w.-]+-\d+$", path):
            continue
        if path not in own:
            faults.append(("input changed", path + (" is gone" if path not in after else "")))
        elif path in outputs and code not in (0, 75):
            faults.append(("output damaged", f"{path} with exit code {code}"))
    new = sorted(set(after) - set(before))
    if code == 2 and new:
        faults.append(("left behind", ", ".join(new)[:200]))
    if code in (0, 1):
        kept = [] if code == 0 else [name + ".part" for name in works] + [name + ".part.progress" for name in works]
        stray = [path for path in new if re.search(r"\.(part|progress|checkpoint|lock|tmp)\b",
                                                   path) and path not in kept]
        if stray:
            faults.append(("left behind", f"with exit code {code}: " + ", ".join(stray)[:200]))
    return faults


def read_results(path, plausibly=False):
    """All numbers of an output, by dataset or column. Times that a run took are left out. `plausibly`: rows that begin
    with a name have cells for other rows, which are empty and count as zero."""
    path = pathlib.Path(path)
    results = {}
    if path.suffix in (".h5", ".hdf5"):
        with h5py.File(path, "r") as file:
            def take(name, item):
                if isinstance(item, h5py.Dataset) and item.dtype.kind in "fiu" and not name.endswith("curve"):
                    results["/" + name] = item[()]
            file.visititems(take)
    else:
        rows = [line.split(",") for line in path.read_text().splitlines() if line and not line.startswith("#")]
        for i, name in enumerate(rows[0]):
            if name != "seconds":
                cells = [(row[i], plausibly and not row[i] and row[0].isidentifier()) for row in rows[1:]]
                results[name] = np.array([0.0 if of_others else as_number(cell) for cell, of_others in cells])
    return results


def as_number(entry):
    """A number of a table; a name in it as one that tells names apart."""
    try:
        return float(entry) if entry else np.nan
    except ValueError:
        return float(zlib.crc32(entry.encode()))


UNMARKED = re.compile(
    r"V_MeV|profile|error|residual|observables|lednicky|C_LL|a0|r_eff|cot|rmse|squared|bias|samples|fit$|failed|"
    r"variance|V_fit|^(train|valid)")


def implausible(path, bounded=False):
    """Not a number where one is due, or (`bounded`) C beyond what a correlation function can be."""
    try:
        results = read_results(path, plausibly=True)
    except Exception as error:  # whatever the reader says: the file was announced as done
        return [("wrong data", f"{os.path.basename(path)} cannot be read: {error}"[:200])]
    failed = results.get("/failed")
    faults = []
    for name, values in results.items():
        if UNMARKED.search(name) or values.dtype.kind != "f":
            continue
        if failed is not None and values.shape[:1] == failed.shape[:1]:
            values = values[np.ravel(failed) == 0]
        if not np.all(np.isfinite(values)):
            faults.append(("wrong data", f"{os.path.basename(path)}:{name} is not finite"))
        elif bounded and name in ("/correlation", "C") and values.size and (values.min() < -1e-9 or values.max() > 1e6):
            faults.append(("wrong data",
                           f"{os.path.basename(path)}:{name} from {values.min():.6g} to {values.max():.6g}"))
    return faults


def differs(path, expected, tolerance=1e-9):
    """How a file's numbers differ from those expected."""
    try:
        found = read_results(path)
    except Exception as error:
        return [("wrong data", f"{os.path.basename(path)} cannot be read: {error}"[:200])]
    for name, values in expected.items():
        if name not in found:
            return [("wrong data", f"{os.path.basename(path)}:{name} is missing")]
        if found[name].shape != values.shape:
            return [("wrong data",
                     f"{os.path.basename(path)}:{name} has shape {found[name].shape}, not {values.shape}")]
        if np.array_equal(np.isnan(found[name]), np.isnan(values)) and np.isnan(values).all():
            continue
        size = np.max(np.abs(values[np.isfinite(values)]), initial=1e-300)
        if not np.allclose(found[name], values, rtol=tolerance, atol=tolerance * size, equal_nan=True):
            return [("wrong data",
                     f"{os.path.basename(path)}:{name} is off by {np.nanmax(np.abs(found[name] - values)):.3g} of "
                     f"{size:.3g}")]
    return []
