"""Where and how the program is started: links to it, folders, limits, environment; files planted under names it may
use."""

import os
import resource

import judge
from devices import make_device
from kinds import kind
from processes import Started


@kind(30)
def surroundings(case):
    """By a link, from an odd folder, with few descriptors, a small stack, an odd environment: the same result, or one
    message."""
    template = case.template()
    how = case.random.choice(["link", "relative", "path", "odd folder", "descriptors", "stack", "no home",
                              "temporary folder", "locale", "threads", "locking", "plugins", "umask", "deleted folder"])
    case.what += f": {how}"
    folder, limits, environment, program, expect = case.folder, None, {}, case.bench.program, "works"
    if how == "link":
        (folder / "hf").symlink_to(case.bench.program)
        program = folder / "hf"
    elif how == "relative":
        program = os.path.relpath(case.bench.program, folder)
    elif how == "path":
        program, environment = "hadronforce", {"PATH": f"{case.bench.program.parent}:{os.environ['PATH']}"}
    elif how == "odd folder":
        odd = folder.with_name(folder.name + case.random.choice([" with space", "\u00e9\u4e2d", "'quote\"", "%s{0}",
            "#,;"]))
        folder.rename(odd)
        odd_before = judge.snapshot(odd)
        ended = Started([program, template.command, "config.yaml"], odd).wait(case.bench.limit_s)
        odd.rename(folder)
        case.judge(ended, odd_before, template.outputs, template.config, (), expect, template.command)
        case.compare(template)
        return
    elif how in ("descriptors", "stack"):
        which, size = (resource.RLIMIT_NOFILE, case.random.choice([8, 16, 24,
            64])) if how == "descriptors" else (resource.RLIMIT_STACK, case.random.choice([1 << 18, 1 << 20]))
        limits = lambda: resource.setrlimit(which, (size, size))
        expect = "either"
    elif how == "umask":
        limits = lambda: os.umask(0o777 if os.geteuid() == 0 else 0o077)
    elif how == "deleted folder":
        (folder / "inner").mkdir()
        limits = lambda: (os.chdir("inner"), os.rmdir("../inner"))
        expect = "failed"
    else:
        environment = {"no home": {"HOME": "/nowhere"},
                       "temporary folder": {"TMPDIR": str(folder / case.random.choice(["nowhere", "config.yaml"]))},
                       "locale": {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
                       "threads": {"OMP_NUM_THREADS": case.random.choice(["2", "100000"])},
                       "locking": {"HDF5_USE_FILE_LOCKING": case.random.choice(["TRUE", "FALSE", "x"])},
                       "plugins": {"HDF5_PLUGIN_PATH": "/nowhere"}}[how]
    before = judge.snapshot(folder)
    if how == "deleted folder":
        before.pop("inner")
    case.commands.append(f"{how}: {program} {template.command} config.yaml")
    ended = Started([program, template.command, "config.yaml"], folder, limits=limits,
                    environment=environment).wait(case.bench.limit_s)
    if how == "descriptors" and ended.code == 1 and "PMIX" in ended.err + ended.out:
        return  # MPI itself cannot start
    case.judge(ended, before, template.outputs, template.config, (), expect, template.command)
    if ended.code == 0:
        case.compare(template)


@kind(30)
def planted(case):
    """Files, folders, devices and links to inputs under the names that a run may use for itself."""
    template = case.template()
    name = case.random.choice(template.outputs) + case.random.choice([".part", ".part", ".part.progress", ".checkpoint",
        ".lock", ".tmp"])
    path = case.folder / name
    what = case.random.choice(["link to config", "link to config", "link to input", "hard link", "folder", "fifo",
                               "full", "text", "empty", "other file", "dangling link"])
    case.what += f": {name} is {what}"
    if what == "link to config" or (what in ("link to input", "hard link") and not template.inputs):
        path.symlink_to("../config.yaml")
    elif what == "link to input":
        path.symlink_to("../" + template.inputs[0])
    elif what == "hard link":
        source = case.folder / template.inputs[0]
        os.link(source / "N.a" if source.is_dir() else source, path)
    elif what == "folder":
        path.mkdir()
    elif what == "fifo":
        os.mkfifo(path)
    elif what == "full":
        make_device(path, "full")
    elif what == "other file":
        path.write_bytes((case.bench.workshop / "dataset.h5").read_bytes())
    elif what == "dangling link":
        path.symlink_to("nowhere")
    else:
        path.write_text("planted" if what == "text" else "")
    resumes = template.command in ("train", "lattice-fit", "lattice-budget") and case.random.random() < 0.7
    arguments = ["--resume"] if resumes else []
    ended = case.run(template, *arguments)
    if ended.code == 0:
        case.compare(template)
