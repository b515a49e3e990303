#!/usr/bin/env bash
# Builds preset `release`, runs the benches named (all by default), prints them as a table and writes bench.json here.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/env.sh"
"$root/tools/setup.sh"
(cd "$root" && cmake --preset release >/dev/null && cmake --build --preset release -j "$(build_jobs)") ||
  die "building failed"
exec /usr/bin/python3 "$root/bench/run.py" "$@"
