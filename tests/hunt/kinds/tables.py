"""Text files that a config names: potentials, sources, designs, matrices, data, covariances, raw correlators."""

import os

from devices import make_device
from kinds import kind

CELLS = ["", "nan", "inf", "-inf", "1e400", "-1", "0", "x", "1e308", "-1e308", "1e-320", "1,2", "1;2", "'1'", '"1"',
         "0x10", "007", "1e5", " ", "NaN", "--", "1.5.2", "\u22121", "1e", "\x00",
         "9" * 400, "#"]


def damage(random, data):
    """What was done, and the damaged bytes."""
    how = random.choice(["cell", "cell", "cell", "row", "twice", "swap", "header", "cut", "flip", "flip", "encoding",
                         "separator", "insert", "empty", "column"])
    lines = data.decode().splitlines()
    body = [i for i, line in enumerate(lines) if line and not line.startswith("#")]
    i = random.choice(body)
    if how == "cell":
        separator = "," if "," in lines[i] else " "
        cells = lines[i].split(separator)
        j, cell = random.randrange(len(cells)), random.choice(CELLS)
        cells[j] = cell
        lines[i] = separator.join(cells)
        how = f"cell {j} of line {i + 1} = {cell[:20]!r}"
    elif how == "row":
        del lines[i]
    elif how == "twice":
        lines.insert(i, lines[i])
    elif how == "swap":
        j = random.choice(body)
        lines[i], lines[j] = lines[j], lines[i]
    elif how == "header":
        lines[body[0]] = random.choice(["", lines[body[0]] + ",extra", lines[body[0]].upper(),
                                        lines[body[0]] + "," + lines[body[0]], "a,b", lines[body[0]].replace(",", ", "),
                                        "# " + lines[body[0]]])
    elif how == "cut":
        return how, data[:random.randrange(len(data))]
    elif how == "flip":
        data = bytearray(data)
        for _ in range(random.choice([1, 2, 8])):
            data[random.randrange(len(data))] = random.randrange(256)
        return how, bytes(data)
    elif how == "encoding":
        how = random.choice(["utf-16", "utf-8-sig", "utf-32", "cr", "crlf"])
        text = "\n".join(lines) + "\n"
        return how, text.replace("\n", {"cr": "\r",
                                        "crlf": "\r\n"}[how]).encode() if how.startswith("cr") else text.encode(how)
    elif how == "separator":
        separator = random.choice([";", "\t", " ", "|", ", "])
        lines = [line.replace(",", separator) for line in lines]
        how = f"separator {separator!r}"
    elif how == "insert":
        lines.insert(i, random.choice(["text", ",,,,,,", "\x00" * 50, "1" * 200000, "1,2,3,4,5,6,7,8,9", "# comment",
                                       "nan,nan,nan,nan"]))
    elif how == "column":
        lines = [line.split(",", 1)[-1] for line in lines]
    else:
        return how, random.choice([b"", b"\n", b"\n\n\n", b"#\n", b"\xef\xbb\xbf", b"\x00"])
    return how, ("\n".join(lines) + "\n").encode()


def replace_by_no_file(random, path):
    """In place of a file something that is none."""
    what = random.choice(["missing", "folder", "fifo", "zero", "null", "full", "loop", "dangling", "huge"])
    path.unlink()
    if what == "folder":
        path.mkdir()
    elif what == "fifo":
        os.mkfifo(path)
    elif what in ("zero", "null", "full"):
        make_device(path, what)
    elif what in ("loop", "dangling"):
        path.symlink_to(path.name if what == "loop" else "nowhere")
    elif what == "huge":
        with open(path, "wb") as file:
            file.truncate(5 << 30)
    return what


SAME = ("crlf", "cr", "utf-8-sig", "utf-16", "utf-32")  # the same numbers: read, or refused
USERS = {"solve_tables": ["potential.csv"], "solve_spin_isospin": ["spins.csv"], "generate_design": ["design.csv"],
         "generate_detector": ["resolution.csv", "weights.csv"],
         "infer": ["solved.csv"], "fit": ["data.csv"], "fit_hepdata": ["data.yaml", "covariance.csv"],
         "fit_detector": ["data.csv", "weights.csv"]}


@kind(120)
def tables(case):
    """A table with damaged cells, rows, header, encoding, or bytes."""
    template = case.template(*USERS)
    path = case.folder / case.random.choice(USERS[template.name])
    if case.random.random() < 0.12:
        how = replace_by_no_file(case.random, path)
        case.what += f": {path.name}: {how}"
        case.run(template, expect="refused", ranks=case.random.choice([1, 2]))
        return
    how, data = damage(case.random, path.read_bytes())
    case.what += f": {path.name}: {how}"
    path.write_bytes(data)
    ended = case.run(template, ranks=case.random.choice([1, 1, 1, 2]))
    if ended.code == 0 and how in SAME:
        case.compare(template)


@kind(30)
def raw_lattice(case):
    """Raw waves and baryon correlators: cut, changed, of other sizes."""
    template = case.template("lattice_import")
    folder = case.folder / "raw"
    if case.random.random() < 0.5:
        nbs = template.config["nbs"]
        nbs["format"] = case.random.choice(["big_endian_zyx", "hdf5"])
        nbs["files"] += ".be" if nbs["format"] == "big_endian_zyx" else ".h5"
        if nbs["format"] == "hdf5":
            nbs["dataset"] = "/nbs"
        case.write(template.config)
    end = {"compressed_a1": "", "big_endian_zyx": ".be", "hdf5": ".h5"}[template.config["nbs"]["format"]]
    if case.random.random() < 0.4:
        path = folder / case.random.choice(["N.a", "antiN.c"])
        how, data = damage(case.random, path.read_bytes())
        path.write_bytes(data)
    else:
        path = folder / ("wave.t03.b" + end)
        how = case.random.choice(["cut", "longer", "flip", "flip", "header", "nan", "empty", "no file"])
        data = bytearray(path.read_bytes())
        if how == "no file":
            how = replace_by_no_file(case.random, path)
        else:
            if how == "cut":
                del data[case.random.randrange(len(data)):]
            elif how == "longer":
                data += bytes(case.random.choice([1, 8, 100000]))
            elif how == "flip":
                for _ in range(case.random.choice([1, 4, 32])):
                    data[case.random.randrange(len(data))] ^= 1 << case.random.randrange(8)
            elif how == "header":
                for i in range(case.random.randrange(8, 40)):
                    data[i] = 255
            elif how == "nan":
                data[-64:] = b"\xff" * 64
            else:
                data.clear()
            path.write_bytes(data)
    case.what += f": {path.name}: {how}"
    case.run(template, ranks=case.random.choice([1, 1, 2]))
