#!/usr/bin/env bash
# tests/accuracy/run.sh [draws] [seed]: builds the random test of C(k*) and runs it on all cores, 20,000 draws by default.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tools/env.sh
draws=${1:-20000} seed=${2:-20261126} cores=$(cores)
cmake --preset physics > /dev/null
cmake --build --preset physics --target random_pairs
share=$(((draws + cores - 1) / cores))
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
status=0 pids=()
for ((i = 0; i < cores; ++i)); do
  build/physics/tests/accuracy/random_pairs --draws "$share" --seed "$seed" --first $((i * share)) > "$logs/$i" &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
cat "$logs"/*
exit "$status"
