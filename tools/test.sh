#!/usr/bin/env bash
# Installs what is missing, builds, runs every test: preset `dev`, then `physics` alone. With --asan: preset `asan` instead.
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
# OpenMPI keeps memory until the process ends.
export LSAN_OPTIONS="suppressions=$root/tools/lsan.supp:print_suppressions=0"
for preset in "${presets[@]}"; do
  cmake --preset "$preset" >/dev/null || die "configuring $preset failed"
  cmake --build --preset "$preset" -j "$(build_jobs)" || die "building $preset failed"
done
for preset in "${presets[@]}"; do
  echo "testing $preset"
  ctest --preset "$preset" -j "$(nproc)" || die "tests of $preset failed"
done
