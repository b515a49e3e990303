"""Where outputs go: onto inputs, through links, into devices, onto disks that are full or read-only."""

import contextlib
import os
import pathlib
import resource
import signal

from devices import make_device, small_disk
from kinds import kind
from templates import dotted, get, put


def output_paths(config):
    """Keys that name outputs."""
    found = [("output", key) for key in config.get("output", {})]
    return found + ([("dataset", "file")] if "samples" in config.get("dataset",
        {}) or "parameters_from" in config.get("dataset", {}) else [])


def alias(random, folder, name):
    """Another name of the same file."""
    how = random.choice(["same", "./", "..", "absolute", "link", "hard", "folder link"])
    if how == "./":
        return how, "./" + name
    if how == "..":
        return how, "out/../" + name
    if how == "absolute":
        return how, str(folder / name)
    if how == "link":
        (folder / "alias.h5").symlink_to(name)
        return how, "alias.h5"
    if how == "hard":
        os.link(folder / name, folder / "alias.h5")
        return how, "alias.h5"
    if how == "folder link":
        (folder / "here").symlink_to(".")
        return how, "here/" + name
    return how, name


@kind(70)
def outputs_are_inputs(case):
    """An output that is also an input or another output, by any name, is refused."""
    template = case.template()
    key = case.random.choice(output_paths(template.config))
    inputs = [path.relative_to(case.folder) for path in case.folder.rglob("*") if path.is_file()]
    others = [get(template.config, other) for other in output_paths(template.config) if other != key]
    if others and case.random.random() < 0.3:
        name = case.random.choice(others)
        how, name = ("same", name) if case.random.random() < 0.4 else case.random.choice([("./", "./" + name),
            ("..", "out/../" + name), ("absolute", str(case.folder / name))])
    else:
        used = [path for path in inputs if path.parts[0] != "raw" or path.name in ("N.a", "antiN.a", "wave.t03.b")]
        how, name = alias(case.random, case.folder, str(case.random.choice(used)))
    case.what += f": {dotted(key)} = {name} ({how})"
    put(template.config, key, name)
    case.write(template.config)
    template.outputs = [output for output in template.outputs if output != name and not name.endswith(output)]
    case.run(template, expect="refused", plausible=False, ranks=case.random.choice([1, 1, 2]))


@kind(70)
def odd_outputs(case):
    """Devices, FIFOs, links, folders, missing and read-only folders, odd names; a file that was there stays whole."""
    template = case.template()
    key = case.random.choice(output_paths(template.config))
    old = get(template.config, key)
    out = case.folder / "out"
    end = pathlib.Path(old).suffix
    how = case.random.choice(["null", "full", "zero", "fifo", "link", "dangling", "link to nowhere", "loop", "folder",
                              "missing", "file as folder", "long", "odd", "read-only", "immutable", "part folder",
                              "user", "deleted folder", "trailing", "existing"])
    name, expect = f"out/x{end}", "either"
    kept = None
    if how in ("null", "full", "zero"):
        make_device(case.folder / name, how)
    elif how == "fifo":
        os.mkfifo(case.folder / name)
    elif how == "link":
        (out / f"target{end}").write_text("old")
        (case.folder / name).symlink_to(f"target{end}")
    elif how == "dangling":
        (case.folder / name).symlink_to("target")
    elif how == "link to nowhere":
        (case.folder / name).symlink_to("no/such/target")
        expect = "refused"
    elif how == "loop":
        (case.folder / name).symlink_to(f"x{end}")
        expect = "refused"
    elif how == "folder":
        (case.folder / name).mkdir()
        expect = "refused"
    elif how == "missing":
        name, expect = f"no/such/x{end}", "refused"
    elif how == "file as folder":
        name, expect = f"config.yaml/x{end}", "refused"
    elif how == "long":
        name, expect = "out/" + "x" * 300 + end, "refused"
    elif how == "odd":
        name = "out/" + case.random.choice([" x", "x y", "\u00e9", "-x", "%s%d", "x'\"x", "x\ny", "{t}", "$(x)", "#x",
                                            "*", "x" * 245]) + end
    elif how in ("read-only", "immutable"):
        kept = how
    elif how == "part folder":
        (case.folder / (name + ".part")).mkdir()
        expect = "failed" if template.command == "generate" else "either"
    elif how == "trailing":
        name, expect = "out/", "refused"
    elif how == "deleted folder":
        name, expect = "gone/x" + end, "refused"
    elif how == "existing":
        (case.folder / name).write_text("an old file")
        expect = "refused" if template.command == "generate" else "works"
    case.what += f": {dotted(key)} is {how}"
    put(template.config, key, name)
    case.write(template.config)
    template.outputs = [name if output == old else output for output in template.outputs]
    if how == "link":
        template.outputs.append(f"out/target{end}")
    streams = {}
    if kept == "read-only":
        expect = "refused"
    elif kept == "immutable" or how == "user":
        os.chmod(out, 0o555)
        if os.geteuid() == 0:
            streams["user"] = 65534  # nobody, who must reach the folder
            os.chmod(case.folder, 0o755)
            os.chmod(case.bench.folder, 0o755)
        expect = "refused"
    with small_disk(out, "ro,size=1m") if kept == "read-only" else contextlib.nullcontext():
        ranks = case.random.choice([1, 1, 2]) if not streams else 1
        ended = case.run(template, expect=expect, plausible=False, ranks=ranks, **streams)
    path = case.folder / name
    if ended.code == 0 and how in ("link", "dangling"):
        if not path.is_symlink():
            case.fault("output damaged", "the link was replaced by a file")
        case.check_outputs(template.outputs)
    if how in ("null", "full", "zero", "fifo") and path.is_file():
        case.fault("output damaged", f"the {how} was replaced by a file")
    if ended.code == 0 and how == "full":
        case.fault("accepted", "exit code 0 though the output is a full device")


@kind(60)
def full_disks(case):
    """A disk or a file-size limit that ends at a random byte: one message, what was there stays; afterwards all goes
    well."""
    template = case.template()
    out = case.folder / "out"
    limit = int(10 ** case.random.uniform(0, 5))
    how = case.random.choice(["file size", "disk", "no inode"])
    case.what += f": {how}" + ("" if how == "no inode" else f" of {limit} bytes")
    if how == "file size":
        ignored = case.random.random() < 0.3

        def limits():
            if ignored:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        fill(case, template, limits=limits)
    else:
        with small_disk(out, f"size={max(4096, limit)}" if how == "disk" else "nr_inodes=2"):
            fill(case, template)


def fill(case, template, **streams):
    """A run that may find no room, beside old outputs or not."""
    if template.command != "generate" and case.random.random() < 0.5:
        try:
            for name in template.outputs:
                (case.folder / name).write_text("an old output")
        except OSError:
            for name in template.outputs:
                (case.folder / name).unlink(missing_ok=True)
    ended = case.run(template, **streams)
    if ended.code == 0:
        case.compare(template)
    elif ended.code == 2:
        case.fault("exit code", f"2 for a full disk: {ended.err[-200:]}")
    elif ended.code == 1 and template.command == "generate" and streams:  # and again with room
        case.run(template, expect="works")
        case.compare(template)
