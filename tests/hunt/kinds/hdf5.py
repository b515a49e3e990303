"""HDF5 files that a config names: bytes, attributes, types, shapes, links changed."""

import h5py
import judge
import numpy as np

from kinds import kind
from kinds.tables import replace_by_no_file

USERS = {"solve_tables": "source.h5", "solve_fitted": "fitted.h5", "phase_shifts_table": "kernel.h5",
         "phase_shifts_fitted": "fitted.h5", "train": "dataset.h5", "pca": "dataset.h5",
         "pca_directions": "dataset.h5", "infer": "model.h5",
         "fit_detector": "resolution.h5", "lattice_potential": "correlator.h5", "lattice_fit": "correlator.h5",
         "lattice_budget": "correlator.h5",
         "lattice_fit_waves": "waves.h5"}
VALUES = [np.nan, np.inf, -np.inf, 0.0, -1.0, 1e308, -1e308, 1e-320, 1e18, 2.0**63]


def everything(file):
    found = []
    file.visititems(lambda name, item: found.append(item))
    return found


def damage_bytes(random, path):
    data = bytearray(path.read_bytes())
    how = random.choice(["flip", "flip", "flip head", "cut", "zeros", "ones", "longer", "shifted", "doubled"])
    if how == "flip":
        for _ in range(random.choice([1, 1, 4, 40])):
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    elif how == "flip head":
        for _ in range(random.choice([1, 2, 8])):
            data[random.randrange(min(len(data), 3000))] = random.randrange(256)
    elif how == "cut":
        del data[random.choice([0, 1, 8, 100, random.randrange(len(data)), len(data) - 1]):]
    elif how in ("zeros", "ones"):
        begin = random.randrange(len(data))
        length = min(random.choice([8, 64, 1024]), len(data) - begin)
        data[begin:begin + length] = bytes([0 if how == "zeros" else 255]) * length
    elif how == "longer":
        data += bytes(random.choice([1, 4096]))
    elif how == "shifted":
        data[:0] = bytes(random.choice([1, 512, 1024]))
    else:
        data += bytes(data)
    path.write_bytes(data)
    return how


def change_attribute(random, file):
    items = [item for item in [file, *everything(file)] if len(item.attrs)]
    if not items:
        return "no attributes"
    item = random.choice([file] * 3 + items if len(file.attrs) else items)
    name = random.choice(sorted(item.attrs))
    value = random.choice([None, "", "text", "a" * 100000, np.bytes_(b"x\0y"), 0, -1, 2**63 - 1, np.nan, np.inf, 1e308,
                           np.zeros(3), np.zeros((2, 2)), np.array([], float), np.array([b"a", b"b"]),
                           np.array(["a", "b"], dtype=h5py.string_dtype()), h5py.Empty("f8"), h5py.Empty("S5"),
                           np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]), np.bytes_(b"\xff\xfe\x00a"), True,
                           "a: &x [*x]", "{", "pair: 1"])
    del item.attrs[name]
    if value is not None:
        item.attrs[name] = value
    return f"{item.name}@{name} = {str(value)[:30]}"


def change_dataset(random, file):
    sets = [item for item in everything(file) if isinstance(item, h5py.Dataset)]
    if not sets:
        return "no datasets"
    item = random.choice(sets)
    name, values, kept = item.name, item[()], dict(item.attrs)
    how = random.choice(["gone", "value", "value", "value", "type", "shape", "claimed", "claimed", "group", "link",
                         "external", "scalar", "empty", "transposed", "filter", "virtual", "repeated"])
    if how == "value":
        if values.dtype.kind != "f" or not values.size:
            return "unchanged"
        flat = values.reshape(-1)
        value = random.choice(VALUES)
        where = random.choice(["one", "all", "last", "sign"])
        flat[{"one": random.randrange(flat.size), "all": slice(None), "last": -1,
              "sign": slice(None)}[where]] = value if where != "sign" else -flat
        item[()] = values
        return f"{name} {where} = {value if where != 'sign' else 'negated'}"
    del file[name]
    if how == "type":
        kind_ = random.choice(["f2", "f4", ">f8", "i1", "u8", "S10", "c16", "i4"])
        with np.errstate(all="ignore"):
            file[name] = values.astype(kind_)
        how += " " + kind_
    elif how == "shape":
        shape = random.choice([values.shape + (1,), (1,) + values.shape, (values.size,),
                               values.shape[:-1] + (max(1, (values.shape[-1] if values.shape else 1) - 1),)])
        file[name] = np.resize(values, shape)
    elif how == "claimed":
        extent = random.choice([10**6, 10**9, 10**12, 2**31, 2**33])
        shape = tuple(extent if i == random.randrange(max(values.ndim, 1)) else n for i,
                      n in enumerate(values.shape or (1,)))
        shape = shape if max(shape) == extent else (extent,) + shape[1:]
        file.create_dataset(name, shape=shape, dtype=values.dtype, chunks=tuple(min(n, 64) for n in shape))
        how += f" {shape}"
    elif how == "group":
        file.create_group(name)
    elif how == "link":
        file[name] = h5py.SoftLink(random.choice(["/nowhere", name, "/", "/" + "a" * 1000]))
    elif how == "external":
        file[name] = h5py.ExternalLink(random.choice(["nowhere.h5", "config.yaml", "\n"]), "/a")
    elif how == "scalar":
        file[name] = 1.0
    elif how == "empty":
        file[name] = h5py.Empty("f8") if random.random() < 0.5 else np.zeros((0,) * max(1, values.ndim))
    elif how == "transposed":
        file[name] = values.T.copy()
    elif how == "filter":
        file.create_dataset(name, data=np.atleast_1d(values), compression=random.choice(["gzip", "lzf"]), shuffle=True)
    elif how == "virtual":
        layout = h5py.VirtualLayout(shape=values.shape or (1,), dtype=values.dtype)
        layout[...] = h5py.VirtualSource("nowhere.h5", "a", shape=values.shape or (1,))
        file.create_virtual_dataset(name, layout)
    elif how == "repeated":
        file[name] = np.concatenate([np.atleast_1d(values)] * 2)
    is_here = how != "gone" and isinstance(file.get(name, getlink=True), h5py.HardLink)
    if is_here and isinstance(file[name], h5py.Dataset):
        for key, value in kept.items():
            file[name].attrs[key] = value
    return f"{name}: {how}"


def damage(random, path):
    if random.random() < 0.06:
        return replace_by_no_file(random, path)
    if random.random() < 0.4:
        return damage_bytes(random, path)
    with h5py.File(path, "r+") as file:
        return change_attribute(random, file) if random.random() < 0.35 else change_dataset(random, file)


@kind(160)
def hdf5(case):
    """A damaged file for every command that reads one."""
    template = case.template(*USERS)
    path = case.folder / USERS[template.name]
    how = damage(case.random, path)
    case.what += f": {path.name}: {how}"
    case.run(template, ranks=case.random.choice([1, 1, 1, 2]))


@kind(40)
def show(case):
    """`show` of damaged files, of what is no file, of files of others."""
    template = case.template("infer")
    name = case.random.choice(["dataset.h5", "fitted.h5", "correlator.h5", "waves.h5", "model.h5"])
    path = case.folder / "shown.h5"
    path.write_bytes((case.bench.workshop / name).read_bytes())
    how = damage(case.random, path)
    case.what = f"show {name}: {how}"
    before = judge.snapshot(case.folder)
    ended = case.start("show", "shown.h5", ranks=case.random.choice([1, 1, 3])).wait(case.bench.limit_s)
    case.judge(ended, before, [], template.config, ["shown.h5"], "either", "show")


@kind(60)
def continued(case):
    """Work in progress that was damaged, or whose inputs changed meanwhile: the right result, or a refusal."""
    import signal
    import time
    template = case.template("generate", "generate_design", "train", "lattice_fit", "lattice_fit_waves", "fit")
    slow = {"generate": ("dataset", "samples", 20000), "train": ("training", "epochs", 4000),
            "lattice_fit": ("fit", "most_steps", 3000), "lattice_fit_waves": ("fit", "most_steps", 3000)}
    if template.name in slow:
        section, key, value = slow[template.name]
        template.config[section][key] = value
        if template.name == "train":
            template.config["training"]["patience"] = 4000
        if template.name.startswith("lattice_fit"):
            template.config["fit"].update({"goal": 1e-12, "patience": 3000})
    elif template.name == "generate_design":
        (case.folder / "design.csv").write_text("depth_MeV\n" + "".join(f"{10 + 0.001 * i}\n" for i in range(20000)))
    else:
        template.config["fit"] = {"more_starts": 200}
    case.write(template.config)
    started = case.start(template.command, "config.yaml")
    for _ in range(300):
        if started.executes(case.bench.program):
            break
        time.sleep(0.01)
    time.sleep(case.random.uniform(1.0, 2.0) if template.name == "train" else case.random.uniform(0.4, 1.2))
    started.signal(signal.SIGTERM)
    ended = started.wait(case.bench.limit_s)
    works = [path for path in (case.folder / "out").iterdir() if path.suffix in (".part", ".progress", ".checkpoint")]
    if ended.code != 75 or not works:
        case.what += f": ended with {ended.code} before it was stopped"
        return
    arguments = ["--resume"] if template.command in ("train", "lattice-fit", "lattice-budget") else []
    changed = case.random.random() < 0.4 and template.inputs
    if changed:
        path = case.folder / template.inputs[0]
        if path.suffix == ".csv":
            lines = path.read_text().splitlines()
            cells = lines[2].split(",")
            cells[-1 if len(cells) == 1 else 2] = str(float(cells[-1 if len(cells) == 1 else 2]) * 1.5)
            lines[2] = ",".join(cells)
            path.write_text("\n".join(lines) + "\n")
        else:
            with h5py.File(path, "r+") as file:
                for item in everything(file):
                    if isinstance(item, h5py.Dataset) and item.name in ("/parameters", "/R", "/target"):
                        item[()] = item[()] * 1.01
        how = f"{path.name} changed"
    else:
        path = case.random.choice(works)
        how = path.name + ": " + (damage_progress(case.random,
                                                  path) if path.suffix == ".progress" else damage(case.random, path))
    case.what += f": stopped, then {how}"
    stop = lambda started: (time.sleep(3), started.signal(signal.SIGTERM)) if template.command != "generate" else None
    case.run(template, *arguments, expect="refused" if changed else "either", finish=stop)
    if case.ends[-1] == 75 and changed:
        case.fault("accepted", "went on with work of other inputs")
    if case.ends[-1] == 0 and not changed and template.command == "generate":
        output = case.folder / template.outputs[0]
        output.rename(case.folder / "continued.h5")
        if case.start("generate", "config.yaml").wait(case.bench.limit_s).code == 0:  # from the beginning
            case.faults += judge.differs(case.folder / "continued.h5", judge.read_results(output))


def damage_progress(random, path):
    how = random.choice(["empty", "more", "negative", "text", "huge", "flip", "zero"])
    data = bytearray(path.read_bytes())
    if how == "flip":
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    else:
        data = {"empty": b"", "more": b"99999999\n", "negative": b"-5\n", "text": b"many\n", "huge": b"9" * 30,
                "zero": bytes(len(data))}[how]
    path.write_bytes(data)
    return how
