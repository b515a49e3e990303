"""Includes point down: a room's files include what conventions.md lets the room use, and no private header of another.

usage: includes_test.py PROJECT
"""
import pathlib
import re
import sys
import tempfile

# What each room may include, itself and the rooms above it in this list aside; the table of docs/conventions.md.
USES = {
    "units": [],
    "interaction": ["units"],
    "scattering": ["units", "interaction"],
    "femtoscopy": ["units", "interaction", "scattering"],
    "random": [],
    "parameters": [],
    "parallel": [],
    "config": ["units"],
    "storage": ["parallel", "config"],
    "measurement": ["storage", "parallel", "config", "units", "femtoscopy"],
    "dataset": ["random", "parameters", "parallel", "storage", "units", "interaction", "scattering", "femtoscopy"],
    "fit": ["random", "parameters", "parallel", "storage", "dataset", "femtoscopy"],
    "lattice": ["random", "parallel", "config", "storage", "units", "interaction", "scattering", "dataset", "fit"],
    "report": ["parallel", "config", "storage"],
    "setup": ["parallel", "config", "storage", "measurement", "units", "interaction", "scattering", "femtoscopy",
              "parameters", "dataset", "fit", "lattice", "report"],
    "python": ["parallel", "config", "storage", "femtoscopy", "parameters", "dataset", "fit", "report", "setup"],
    "learning": ["random", "parameters", "parallel", "storage", "dataset", "units"],
    "inference": ["random", "parameters", "parallel", "storage", "dataset", "fit", "learning", "femtoscopy", "units"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def faults(project):
    """A line for each include that points up, or into the private part of another room."""
    found = []
    for base in (project / "include" / "hadronforce", project / "src"):
        for path in sorted(base.rglob("*.[ch]pp")):
            room = path.relative_to(base).parts[0]
            if room.endswith(".hpp") or room == "commands":
                continue
            if room not in USES:
                found.append(f"{path.relative_to(project)}: room {room} is not in the table")
                continue
            for name in INCLUDE.findall(path.read_text()):
                parts = pathlib.PurePosixPath(name).parts
                public = parts[0] == "hadronforce"
                other = parts[1] if public else parts[0]
                if other.endswith(".hpp") or other == room:
                    continue
                if not public and (project / "src" / name).exists():
                    found.append(f"{path.relative_to(project)}: {name} is private to another room")
                elif public and other not in USES[room]:
                    found.append(f"{path.relative_to(project)}: {name} is not what {room} may use")
    return found


def finds_what_is_wrong():
    """The check itself: both kinds of fault in a project of two files."""
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder)
        for name, text in (("include/hadronforce/units/a.hpp", '#include "hadronforce/storage/file.hpp"\n'),
                           ("src/scattering/b.hpp", ""),
                           ("src/femtoscopy/c.cpp", '#include "scattering/b.hpp"\n')):
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text(text)
        return len(faults(project)) == 2


if __name__ == "__main__":
    wrong = faults(pathlib.Path(sys.argv[1]))
    print("\n".join(wrong))
    sys.exit(0 if finds_what_is_wrong() and not wrong else 1)
