#!/usr/bin/env bash
# Builds the physics library and its tests for another instruction set than this machine's, warnings as errors, and runs
# the tests: tools/test_portable.sh x86-64-v3 (AVX2), x86-64 (SSE2) or aarch64 (NEON; cross-compiled, run by qemu).
# With --bench, on x86, also counts correlation functions per second.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/env.sh"
cd "$root"
usage="usage: tools/test_portable.sh x86-64-v3|x86-64|aarch64 [--bench]"

target="${1:-}"
bench=OFF
case "${2:-}" in
  "") ;;
  --bench) bench=ON ;;
  *) die "unknown argument $2; $usage" ;;
esac

# The cross-compiler and qemu are installed as tools/setup.sh does. Libraries for aarch64 are only unpacked into the
# build folder: on the system they would push those of this machine out.
prepare_aarch64() {
  local missing=() as_root=()
  command -v aarch64-linux-gnu-g++ >/dev/null || missing+=(g++-aarch64-linux-gnu)
  command -v qemu-aarch64-static >/dev/null || missing+=(qemu-user-static)
  if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null ||
      die "the cross tools are missing and there is no apt-get: install aarch64-linux-gnu-g++ and qemu-aarch64-static"
    if [ "$(id -u)" -ne 0 ]; then
      command -v sudo >/dev/null || die "missing: ${missing[*]}; install them as root (there is no sudo here)"
      as_root=(sudo)
    fi
    echo "installing: ${missing[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq install -y \
      --no-install-recommends "${missing[@]}" >/dev/null || die "could not install the cross tools: ${missing[*]}"
  fi
  [ -e "$libraries/usr/lib/aarch64-linux-gnu/libcerf.so" ] && return
  command -v apt-get >/dev/null || die "no apt-get here; unpack libcerf and GoogleTest for aarch64 into $libraries"
  local state="$build/apt"
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$libraries"
  local apt=(apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root
    -o Dir::State::Lists="$state/lists" -o Dir::Cache="$state/cache" -o Dir::State::Status=/dev/null)
  "${apt[@]}" update || die "could not read the package lists of arm64"
  (cd "$state" && "${apt[@]}" download libcerf-dev libcerf1 libgtest-dev) ||
    die "could not download libcerf and GoogleTest for arm64"
  for package in "$state"/*.deb; do dpkg-deb -x "$package" "$libraries"; done
}

build="$root/build/portable-$target"
libraries="$build/libraries"
options=()
selection=()
case "$target" in
  x86-64-v3 | x86-64)
    [ "$(uname -m)" = x86_64 ] || die "$target needs an x86-64 machine"
    tools/setup.sh
    options=(-DCMAKE_CXX_FLAGS="-march=$target")
    ;;
  aarch64)
    [ "$bench" = OFF ] || die "speed under qemu says nothing; leave out --bench"
    tools/setup.sh
    prepare_aarch64
    emulator="qemu-aarch64-static;-L;/usr/aarch64-linux-gnu"
    options=(-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64
      -DCMAKE_C_COMPILER=aarch64-linux-gnu-gcc -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++
      -DCMAKE_CROSSCOMPILING_EMULATOR="$emulator;-E;LD_LIBRARY_PATH=$libraries/usr/lib/aarch64-linux-gnu"
      -DCMAKE_PREFIX_PATH="$libraries/usr"
      -DCMAKE_EXE_LINKER_FLAGS="-L$libraries/usr/lib/aarch64-linux-gnu"
      -DCMAKE_DISABLE_FIND_PACKAGE_GSL=ON)  # this machine's
    # Those of the install build a project with this machine's compiler.
    selection=(--exclude-regex '^install')
    ;;
  *) die "$usage" ;;
esac

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DHADRONFORCE_PHYSICS_ONLY=ON \
  -DHADRONFORCE_NATIVE=OFF -DHADRONFORCE_WARNINGS_AS_ERRORS=ON -DHADRONFORCE_BENCH="$bench" \
  "${options[@]}" >/dev/null ||
  die "configuring for $target failed"
nice cmake --build "$build" -j "$(build_jobs)" || die "building for $target failed"
nice ctest --test-dir "$build" -j "$(cores)" --output-on-failure "${selection[@]}" || die "tests failed for $target"
[ "$bench" = OFF ] ||
  nice "$(find "$build/bench" -name bench_forward -type f)" --benchmark_filter=^correlation_functions/0
