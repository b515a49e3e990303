#!/usr/bin/env bash
# Builds hadronforce beside a PyTorch with CUDA, whose LibTorch it takes, runs the tests of learning on the GPU, and
# measures training there: eagerly and by CUDA graphs, and the time of a million samples' training. Eight minutes on
# sixteen cores.
#   tools/gpu_check.sh --pack    where Debian has apt-get: puts other libraries into build/gpu-packages, for a
#                                machine that has no parallel HDF5 and cannot install it; carry that folder there
#   tools/gpu_check.sh           on the machine with the GPU
#   tools/gpu_check.sh --device cpu   the same without a GPU, to try the script itself
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/env.sh"
cd "$root"
packages="$root/build/gpu-packages"
usage="usage: tools/gpu_check.sh [--pack | --device cuda|cpu]"

pack() {
  command -v apt-get >/dev/null || die "no apt-get here; run --pack on Debian 12"
  tools/setup.sh
  local headers=(libhdf5-openmpi-dev libopenmpi-dev openmpi-bin openmpi-common libeigen3-dev libyaml-cpp-dev
    libcli11-dev libfmt-dev libboost1.74-dev librandom123-dev libcerf-dev libspectra-dev libmuparser-dev libgtest-dev
    libdeflate-dev libssl-dev)
  local libraries=(libhdf5_openmpi libmpi libmpi_cxx libyaml-cpp libfmt libcerf libmuparser libdeflate libcrypto)
  # Whatever these need, but for what every Linux has.
  local needed
  needed=$(for library in "${libraries[@]}"; do
    ldd "/usr/lib/x86_64-linux-gnu/$library.so"; realpath "/usr/lib/x86_64-linux-gnu/$library.so"
  done | grep -o '/[^ ]*' | sort -u | grep -vE '/(ld-linux|libc|libm|libdl|librt|libpthread|libstdc|libgcc_s)[-.+]')
  local runtime
  runtime=$(for file in $needed; do dpkg -S "$(realpath "$file")"; done 2>/dev/null | cut -d: -f1 | sort -u)
  mkdir -p "$packages"
  rm -f "$packages"/*.deb
  # shellcheck disable=SC2086
  (cd "$packages" && apt-get -qq download "${headers[@]}" $runtime) || die "the packages cannot be downloaded"
  du -sh "$packages"
}

device=cuda
case "${1:-}" in
  "") ;;
  --pack) pack; exit 0 ;;
  --device) device="${2:?$usage}" ;;
  *) die "unknown argument $1; $usage" ;;
esac

python=${PYTHON:-$(command -v python3)}
torch=$("$python" -c 'import torch; print(torch.utils.cmake_prefix_path)') ||
  die "$python has no PyTorch, whose LibTorch is taken; name another one by PYTHON=..."
if [ "$device" = cuda ]; then
  "$python" -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' || die "PyTorch sees no CUDA device"
fi
found=(-DTorch_DIR="$torch/Torch" -DPython_EXECUTABLE="$python")
if compgen -G "$packages/*.deb" >/dev/null; then
  libraries="$packages/root"
  for package in "$packages"/*.deb; do dpkg-deb -x "$package" "$libraries"; done
  # What Debian's alternatives do where packages are installed.
  architecture="$libraries/usr/lib/x86_64-linux-gnu"
  for tool in mpicc mpicxx mpirun; do ln -sf "$tool.openmpi" "$libraries/usr/bin/$tool"; done
  export OPAL_PREFIX="$libraries/usr" PATH="$libraries/usr/bin:$PATH"
  export LD_LIBRARY_PATH="$architecture:$architecture/openmpi/lib:${LD_LIBRARY_PATH:-}"
  found+=(-DCMAKE_PREFIX_PATH="$libraries/usr" -DMPI_C_COMPILER="$libraries/usr/bin/mpicc"
    -DMPI_CXX_COMPILER="$libraries/usr/bin/mpicxx" -DHDF5_ROOT="$architecture/hdf5/openmpi"
    -DHDF5_C_INCLUDE_DIR="$libraries/usr/include/hdf5/openmpi" -DBoost_INCLUDE_DIR="$libraries/usr/include"
    -DOPENSSL_ROOT_DIR="$libraries/usr")
fi
[ -d /usr/local/cuda ] && export PATH="/usr/local/cuda/bin:$PATH"

build() {
  local name="$1"
  shift
  cmake -G Ninja -B "build/$name" -DCMAKE_BUILD_TYPE=Release "${found[@]}" "$@" >"build/$name.log" 2>&1 ||
    die "configuring failed: $(grep -A4 'CMake Error' "build/$name.log" | head -8)"
  cmake --build "build/$name" -j "$(build_jobs)" --target hadronforce hadronforce-learning >>"build/$name.log" 2>&1 ||
    die "building failed: $(grep -m3 -E 'error|FAILED' "build/$name.log")"
}
since() { printf '%4d s  %s\n' "$SECONDS" "$*"; }

mkdir -p build
build gpu
grep -E 'Torch|CUDA' build/gpu.log | head -4 || true
since "built, with graphs where the toolkit of CUDA is found"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/out"
cp -r configs "$work"
program="$root/build/gpu/bin/hadronforce"

for name in train train_members; do
  "$python" "tests/commands/${name}_test.py" "$program" "$root" >"$work/$name.log" 2>&1 &&
    since "tests/commands/${name}_test.py passed" || { since "$name FAILED"; tail -25 "$work/$name.log"; }
done

cd "$work"
run() { "$1" "${@:2}" 2>&1 | tee -a "$work/log" | grep -E 'samples a second|^test|rror' || true; }
"$program" generate configs/five_parameters_generate.yaml --set dataset.samples=1060000 >/dev/null
since "1,060,000 samples generated on one core"
train=(train configs/five_parameters_train.yaml --set device="$device" --set dataset.training_from=memory
  --set dataset.training_samples=1000000 --set output.learning_curve=out/c.csv)
for size in 4096 65536; do
  epochs=$((size / 2048))
  run "$program" "${train[@]}" --set training.batch_size=$size --set training.epochs=$epochs \
    --set output.model=out/speed.h5
  since "batches of $size, as built"
done
run "$program" "${train[@]}" --set training.batch_size=1024 --set training.epochs=30 --set output.model=out/m.h5
since "a million stored samples, 30 epochs"

cd "$root"
build gpu-eager -DCMAKE_DISABLE_FIND_PACKAGE_CUDAToolkit=ON
cd "$work"
for size in 4096 65536; do
  run "$root/build/gpu-eager/bin/hadronforce" "${train[@]}" --set training.batch_size=$size \
    --set training.epochs=$((size / 2048)) --set output.model=out/speed.h5
  since "batches of $size, eagerly"
done
