"""Configs: hostile values, keys and YAML; arguments."""

import copy
import json
import os

from devices import make_device
from kinds import kind
from templates import dotted, get, paths, put

NUMBERS = [0, -1, -1e-300, 1e-300, 1e300, -1e300, 1e18, 2**31, 2**63, 2**64, 1.5, -0.0, 1e4, 1e7, 0.938, float("nan"),
           float("inf"), -float("inf")]
TEXTS = ["", " ", "deep", "1e", "060", "0x10", "1,5", "1_000", "1e400", "-", "~", "null", "yes", "NaN", "..", "/",
         "\u00e9\u4e2d", "a" * 5000, "a\nb", "%s%n", "{t}", "\t1",
         "1 2", "1e-6 ", "+5", "0o17", "Infinity", "$HOME", "*", "&a", "!!binary AAAA"]
SHAPES = [None, [], {}, [[]], [1, 2], [1, 2, 3, 4, 5, 6, 7], {"a": 1}, True, {"uniform": [0, 1]}, {"start": 1},
          {"start": 1, "min": 2, "max": 0}, {"uniform": [1, 0]},
          {"normal": [0, -1]}, {"log_uniform": [0, 1]}, {"uniform": [1]}, {"uniform": {"a": 1}}, {"form": "none"},
          [None], [[1, 2], [3]], {"": 1}]
SURELY_BAD = [text for text in TEXTS if text in ("deep", "1e", "1,5", "", "1 2", "$HOME", "*")]


def leaves(config):
    return [path for path in paths(config) if not isinstance(get(config, path), (dict, list))]


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@kind(130)
def values(case):
    """One or two numbers, texts or sections are replaced."""
    template = case.template()
    expect, changes = "either", []
    for _ in range(case.random.choice([1, 1, 1, 2])):
        path = case.random.choice(list(paths(template.config))
                                  if case.random.random() < 0.25 else leaves(template.config))
        old = get(template.config, path)
        value = case.random.choice(case.random.choice([NUMBERS, NUMBERS, TEXTS, SHAPES]))
        if value in ("/", "..") and path[0] in ("output", "dataset"):
            value = "out"  # nothing is written outside of the case's folder
        if is_number(old) and (value in SURELY_BAD or value is True or value in ({}, {"a": 1},
            [])) and not isinstance(value, (int, float)) and path[0] != "truth":
            expect = "refused"
        put(template.config, path, copy.deepcopy(value))
        changes.append(f"{dotted(path)} = {json.dumps(value)[:60]}")
        if path[0] in ("output", "dataset", "data_folder") or isinstance(value, (dict, list)) or value is None:
            break
    case.what += ": " + ", ".join(changes)
    by_set = case.random.random() < 0.3 and len(changes) == 1 and "\n" not in json.dumps(value)
    arguments = ["--set", f"{dotted(path)}={json.dumps(value)}"] if by_set else []
    if by_set:
        put(template.config, path, old)
    case.write(template.config)
    odd_output = any(change.startswith(("output", "dataset.file")) for change in changes)
    if odd_output:
        template.outputs = []
    case.run(template, *arguments, expect=expect, plausible=not odd_output, ranks=case.random.choice([1, 1, 1, 2]))


@kind(40)
def keys(case):
    """Keys that are missing, misspelt, unknown, dotted, doubled; a second document."""
    template = case.template()
    path = case.random.choice([path for path in paths(template.config) if isinstance(path[-1], str)])
    parent, key = get(template.config, path[:-1]), path[-1]
    how = case.random.choice(["missing", "misspelt", "unknown", "dotted", "doubled", "document", "case"])
    case.what += f": {how} {dotted(path)}"
    text, expect = None, "refused"
    if how == "missing":
        del parent[key]
        expect = "either"
    elif how in ("misspelt", "case"):
        other = key[:-1] + "_" + key[-1] if how == "misspelt" else key.swapcase()
        if path[0] in ("contributions", "truth"):
            expect = "either"
        parent[other] = parent.pop(key)
    elif how == "unknown":
        parent[case.random.choice(["x", "potentail", "", " ", "a.b", "\u00fc", "solver2",
                                   "0"])] = case.random.choice([1, {}, [], None, {"a": {"b": 1}}])
        expect = "either" if isinstance(parent, dict) and "lambda" in parent else "refused"
    elif how == "dotted":
        template.config[case.random.choice(["source.r0_fm", "solver.tolerance", "momentum.points", "output.table",
                                            "fit.seed"])] = 3
    elif how == "doubled":
        text = json.dumps(template.config, indent=1)
        line = next(line for line in text.splitlines() if json.dumps(key) + ":" in line)
        text = text.replace(line, json.dumps(template.config, indent=1) and f"  {json.dumps(key)}: 1,\n{line}", 1)
    else:
        text = "---\n" + json.dumps(template.config) + "\n---\n" + case.random.choice(["a: 1\n",
            json.dumps({"momentum": {"points": 9}}) + "\n", "[1, 2\n"])
    case.write(text or template.config)
    case.run(template, expect=expect, ranks=case.random.choice([1, 1, 2]))


BOMB = "".join(f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9 if i else ["1"] * 9) + "]\n" for i in range(12))
SNIPPETS = [
    "x: &x {a: *x}\n", "x: &x [*x]\n", "source: &s {form: gaussian, r0_fm: *s}\n", BOMB,
    BOMB + "pair: {mass1_MeV: *a11}\n", "? {a: 1}\n: 2\n", "!!python/object:os.system x\n",
    "a: !!binary AAAA\n", "<<: {pair: 1}\n", "- 1\n- 2\n", "just text\n", "\x00\x00", "\ufeff# only a mark\n",
    "%YAML 9.9\n---\na: 1\n", "a: |\n  text\n", "a: >\n", "{" * 3000,
    "[" * 3000, "a: " + "[" * 2000 + "]" * 2000 + "\n", "a: *undefined\n", "a: &a\nb: *a\n", "\t- a: 1\n", "'", '"',
    "a: 'b\n", "a: \"\\xZZ\"\n", "a" * 100000 + "\n", "a: " + "1" * 100000 + "\n",
    "".join(f"k{i}: {i}\n" for i in range(20000)), "...\n...\n", "--- ---\n", "? ? ? a\n", ": : :\n",
    "a: [1, 2\nb: 3\n", "&a &b c: d\n", "*a : 1\n", "a: &x {<<: *x}\n", "\r\r\r", "{a: {b: {c: ",
]


@kind(90)
def yaml_text(case):
    """The text of a config: aliases, bombs, depth, encodings, damage; what is no file."""
    template = case.template()
    good = json.dumps(template.config, indent=1)
    path = case.folder / "config.yaml"
    how = case.random.choice(["snippet", "snippet", "after", "bytes", "bytes", "cut", "encoding", "no file", "set"])
    expect, arguments, plausible = "either", [], False
    if how in ("snippet", "after"):
        snippet = case.random.choice(SNIPPETS)
        case.what += f": {how} {snippet[:40]!r}"
        if how == "snippet":
            path.write_text(snippet)
            expect = "refused"
        else:
            block = "".join(f"{key}: {json.dumps(value)}\n" for key, value in template.config.items())
            path.write_text(block + snippet)
    elif how in ("bytes", "cut"):
        data = bytearray(good.encode())
        if how == "cut":
            del data[case.random.randrange(len(data)):]
            expect = "refused"
        else:
            for _ in range(case.random.choice([1, 1, 2, 5])):
                data[case.random.randrange(len(data))] = case.random.randrange(256)
        case.what += f": {how}"
        path.write_bytes(data)
        template.outputs = []  # a name may have changed
        plausible = False
    elif how == "encoding":
        code = case.random.choice(["utf-16", "utf-16-be", "utf-32", "utf-8-sig", "cr", "crlf", "latin"])
        case.what += f": {code}"
        if code == "cr":
            path.write_bytes(good.replace("\n", "\r").encode())
        elif code == "crlf":
            path.write_bytes(good.replace("\n", "\r\n").encode())
        elif code == "latin":
            path.write_bytes(b"# \xe9\xff\n" + good.encode())
        else:
            path.write_bytes(good.encode(code))
    elif how == "no file":
        path.unlink()
        what = case.random.choice(["fifo", "folder", "zero", "null", "full", "missing", "loop", "huge",
                                   "link to folder"])
        case.what += f": {what} as config"
        expect = "refused"
        if what == "fifo":
            os.mkfifo(path)
        elif what in ("folder", "link to folder"):
            (case.folder / "folder").mkdir()
            path.mkdir() if what == "folder" else path.symlink_to("folder")
        elif what in ("zero", "null", "full"):
            make_device(path, what)
        elif what == "loop":
            path.symlink_to("config.yaml")
        elif what == "huge":
            with open(path, "wb") as file:
                file.truncate(3 << 30)
    else:
        value = case.random.choice(["&x {a: *x}", "&x [*x]", "*x", "{", "[1", "'", "&a [1,1,1,1,1,1,1,1,1]",
                                    "!!binary x", "{a: 1, a: 2}", "\t", "? a", "- 1\n- 2", "--- 1", "1\n---\n2",
                                    "[" * 2000])
        target = dotted(case.random.choice(list(paths(template.config))))
        arguments = ["--set", f"{target}={value}"]
        case.what += f": --set {target}={value[:40]!r}"
    case.run(template, *arguments, expect=expect, plausible=plausible, ranks=case.random.choice([1, 1, 1, 2]))


@kind(50)
def arguments(case):
    """The command line."""
    template = case.template()
    hostile = ["--set", "--set=", "--set=a", "--set==", "--set=.=1", "--set=a..b=1", "--set=a[=1",
               "--set=a[99999999999]=1", "--set=a[-1]=1", "--set=[0]=1", "--set=momentum=", "--set=pair.=1",
               "--set=momentum.points[0]=3", "--set=channels[18446744073709551616].weight=1",
               "--set=" + "a." * 3000 + "a=1", "--set=x=" + "[" * 500, "--help=3", "--resume", "--verbose=2", "-", "--",
               "", " ", "config.yaml", "other.yaml", "--version", "-x", "--set\u00a0a=1", "--dry-run", "--verbose",
               "--verbose --verbose", "\udcff\udcfe", "--set=\udcff=1", "-n", "--set=a=b=c", "@file",
               "--set=output=1", "--set=output.file=", "--set=output.file=null", "--set=dataset.samples=1e18",
               "--set=pair.mass1_MeV=\n5"]
    chosen = case.random.sample(hostile, case.random.choice([1, 1, 2]))
    order = case.random.choice(["after", "before", "alone", "show", "no command", "odd command"])
    case.what += f": {order} {chosen!r}"[:200]
    line = {"after": [template.command, "config.yaml", *chosen], "before": [*chosen, template.command, "config.yaml"],
            "alone": [template.command, *chosen], "show": ["show", *chosen],
            "no command": chosen, "odd command": [case.random.choice(["Solve", "", "solv", "train ",
                "solve\0x".split("\0")[0] + "x", "../solve", "-h", "shows"]), "config.yaml"]}[order]
    import judge
    before = judge.snapshot(case.folder)
    ended = case.start(*line, ranks=case.random.choice([1, 1, 2])).wait(case.bench.limit_s)
    case.judge(ended, before, template.outputs, template.config, [*line], "either", template.command)
