#!/usr/bin/env bash
# Installs what is missing, looks at the format of the sources, builds and runs every test: preset `physics` alone, then
# `dev`; last it builds all but what needs LibTorch with clang. With --asan: preset `asan` instead.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/env.sh"
cd "$root"

case "${1:-}" in
  "") presets=(physics dev) checks=--checks ;;
  --asan) presets=(asan) checks= ;;
  *) die "unknown argument $1; usage: tools/test.sh [--asan]" ;;
esac

tools/setup.sh $checks
if [ -n "$checks" ]; then
  find bench include src tests -name '*.[ch]pp' -print0 | xargs -0 clang-format --dry-run -Werror ||
    die "the sources are not formatted; run clang-format -i on those named above"
fi
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
if [ -n "$checks" ]; then
  cmake --preset clang >/dev/null || die "configuring clang failed"
  cmake --build --preset clang -j "$(build_jobs)" || die "building with clang failed"
fi
[ ${#failed[@]} -eq 0 ] || die "tests failed in: ${failed[*]}"
echo "all tests passed in: ${presets[*]}"
