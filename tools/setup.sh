#!/usr/bin/env bash
# Installs what hadronforce is built from (Debian 12; other systems: docs/dependencies.md), with --checks also what
# tools/test.sh looks at the sources with, and what only tests compare with, with --coverage what tools/coverage.sh
# counts lines with. Does nothing where nothing is missing.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

packages=(
  build-essential cmake ninja-build git ccache
  openmpi-bin libopenmpi-dev libhdf5-openmpi-dev hdf5-tools libssl-dev libdeflate-dev
  libtorch-dev libopenblas0-pthread libeigen3-dev libyaml-cpp-dev
  libcli11-dev libfmt-dev libboost-dev librandom123-dev libcerf-dev libspectra-dev libmuparser-dev
  libgtest-dev libbenchmark-dev libgsl-dev
  python3 python3-dev python3-h5py python3-numpy python3-matplotlib python3-yaml pybind11-dev
)

case "${1:-}" in
  "") ;;
  --checks) packages+=(clang clang-format python3-scipy python3-torch) ;;
  --coverage) packages+=(gcovr python3-scipy) ;;
  *) die "unknown argument $1; usage: tools/setup.sh [--checks]" ;;
esac

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

command -v apt-get >/dev/null || die "no apt-get here; install these yourself: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || die "missing: ${missing[*]}; install them as root (there is no sudo here)"
  as_root=(sudo)
fi
echo "installing: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -q)
"${apt[@]}" update >"$log" 2>&1 || die "apt-get update failed: $(tail -n 1 "$log")"
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
  die "apt-get install failed: $(tail -n 1 "$log")"
