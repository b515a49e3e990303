#!/usr/bin/env bash
# tests/accuracy/run.sh [--coupled] [draws] [seed] [independent_every]: builds the random test of C(k*), of single or of
# coupled channels, and runs it on all cores: by default 20,000 draws, every fiftieth against the independent method,
# which takes ten times as long as all the rest.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tools/env.sh
program=random_pairs
if [[ "${1:-}" == --coupled ]]; then program=random_coupled; shift; fi
draws=${1:-20000} seed=${2:-20261126} independent_every=${3:-50} cores=$(cores)
cmake --preset physics > /dev/null
cmake --build --preset physics --target "$program"
share=$(((draws + cores - 1) / cores))
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
status=0 pids=()
for ((i = 0; i < cores; ++i)); do
  "build/physics/tests/accuracy/$program" --draws "$share" --seed "$seed" --first $((i * share)) \
    --independent-every "$independent_every" > "$logs/$i" &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
cat "$logs"/*
exit "$status"
