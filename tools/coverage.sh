#!/usr/bin/env bash
# Builds preset `coverage` and runs its tests (all but those of what needs LibTorch); prints for each room how many of
# its lines ran, and leaves the lines themselves in build/coverage/lines.html.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/env.sh"
cd "$root"
[ $# -eq 0 ] || die "unknown argument $1; usage: tools/coverage.sh"

tools/setup.sh --coverage
cmake --preset coverage >/dev/null || die "configuring failed"
cmake --build --preset coverage -j "$(build_jobs)" || die "building failed"
find build/coverage -name '*.gcda' -delete
# What is installed links no gcov, and gcov itself writes to standard error where tests limit the size of files: some
# fail here that pass elsewhere.
ctest --preset coverage -j "$(cores)" --exclude-regex "^install" || echo "some tests failed; what they ran counts too"

gcovr --root . build/coverage --filter src/ --filter include/ --exclude-throw-branches --exclude-unreachable-branches \
  --json-summary build/coverage/lines.json --html-details build/coverage/lines.html >/dev/null
/usr/bin/python3 - build/coverage/lines.json <<'END'
import json
import sys

rooms = {}
for file in json.load(open(sys.argv[1]))["files"]:
    parts = file["filename"].split("/")
    room = parts[1] if parts[0] == "src" else parts[2]
    run, all_lines = rooms.get(room, (0, 0))
    rooms[room] = run + file["line_covered"], all_lines + file["line_total"]
physics = "units", "interaction", "scattering", "femtoscopy"
rooms["the physics library"] = tuple(sum(rooms[room][i] for room in physics) for i in (0, 1))
print(f"{'room':<20} {'lines':>6} {'run':>6}")
for room, (run, all_lines) in sorted(rooms.items()):
    print(f"{room:<20} {all_lines:>6} {100 * run / max(all_lines, 1):>5.1f}%")
END
