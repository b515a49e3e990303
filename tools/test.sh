#!/usr/bin/env bash
# Installs what is missing, builds, runs every test: preset `dev`, then `physics` alone. With --asan: preset `asan`
# instead.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/env.sh"
cd "$root"

case "${1:-}" in
  "") presets=(physics dev) ;;
  --asan) presets=(asan) ;;
  *) die "unknown argument $1; usage: tools/test.sh [--asan]" ;;
esac

tools/setup.sh
for preset in "${presets[@]}"; do
  cmake --preset "$preset" >/dev/null || die "configuring $preset failed"
  cmake --build --preset "$preset" -j "$(build_jobs)" || die "building $preset failed"
done
failed=()
for preset in "${presets[@]}"; do
  echo "testing $preset"
  ctest --preset "$preset" -j "$(cores)" || failed+=("$preset")
  # CTest counts a program with a skipped case as passed; what was not looked at is named here.
  skipped=$(sed -nE 's/\x1b\[[0-9;]*m//g; s/^\[  SKIPPED \] ([A-Za-z_][A-Za-z0-9_./]*).*/\1/p' \
    "build/$preset/Testing/Temporary/LastTest.log" | sort -u | tr '\n' ' ')
  [ -z "$skipped" ] || echo "skipped in $preset: $skipped"
done
[ ${#failed[@]} -eq 0 ] || die "tests failed in: ${failed[*]}"
echo "all tests passed in: ${presets[*]}"
