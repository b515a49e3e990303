#!/usr/bin/env bash
# Installs what is missing, builds, and runs the main job: from a published potential to an inferred one.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/tools/env.sh"
cd "$root"
ranks=2

tools/setup.sh
cmake --preset release >/dev/null || die "configuring failed"
cmake --build --preset release -j "$(build_jobs)" --target hadronforce || die "building failed"

program=build/release/bin/hadronforce
mkdir -p out
# A dataset is never overwritten; the quick start makes its own anew.
rm -f out/two_parameters.h5 out/two_parameters.h5.part*

step() {
  echo
  echo "== $1"
  shift
  "$@" || die "the step failed: $*"
}
step "1. solve: the published N-Omega potential" "$program" solve configs/n_omega_solve.yaml
step "2. generate: 12,000 correlation functions" \
  mpirun -n $ranks "$program" generate configs/two_parameters_generate.yaml
step "3. train: a network on 10,000 of them" mpirun -n $ranks "$program" train configs/two_parameters_train.yaml
step "4. infer: b1 and b3 from the published potential's C(k*)" "$program" infer configs/two_parameters_infer.yaml
step "5. lattice-mock: waves of an exactly solvable non-local potential" \
  "$program" lattice-mock configs/separable_lattice_mock.yaml
step "6. lattice-fit: the non-local potential from the waves" \
  mpirun -n $ranks "$program" lattice-fit configs/separable_lattice_fit.yaml --set fit.goal=1e-4
step "7. phase-shifts: what it predicts (exact: a0 = 7.397, E = -0.005891)" \
  "$program" phase-shifts configs/separable_fitted_phase_shifts.yaml

plot() { /usr/bin/python3 tools/plot.py "$1" "${@:3}" -o "out/$2" || die "drawing out/$2 failed"; }
plot solution n_omega.png out/n_omega.h5
plot samples samples.png out/two_parameters.h5
plot learning-curve learning_curve.png out/learning_curve.csv
plot predictions predictions.png out/two_parameters_predictions.h5
plot inference inferred.png out/n_omega_inferred.h5
plot potential separable_potential.png out/separable_potential.h5 out/separable_waves.h5
plot phase-shifts separable_phase_shifts.png out/separable_fitted_phase_shifts.h5

echo
echo "results:  $root/out (datasets, model, tables; look into any .h5 with: $program show FILE)"
echo "pictures: out/n_omega.png out/samples.png out/learning_curve.png out/predictions.png out/inferred.png" \
  "out/separable_potential.png out/separable_phase_shifts.png"
