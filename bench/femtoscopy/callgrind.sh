#!/bin/bash
# Instructions a correlation function, in all and by function (valgrind). Build the target forward_instructions of
# preset release first.
set -euo pipefail
cd "$(dirname "$0")/../.."
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT
valgrind --tool=callgrind --toggle-collect='*solve_counted*' --callgrind-out-file="$counts" \
  build/release/bench/forward_instructions 2>&1 |
  awk '/correlation functions/ {draws = $1}
       /Collected/ {printf "%d instructions a correlation function\n", $NF / draws}'
callgrind_annotate "$counts" | grep -E '^ *[0-9,]+ \(' | head -n "${1:-12}" | cut -c 1-150
