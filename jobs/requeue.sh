# Sourced by the jobs. Slurm tells the batch script, not the ranks, that the time limit is near (--signal=B:USR1@...); the
# script must be waiting, not in the foreground of srun, to hear it. The ranks save and exit with 75: run me again.

# One thread a rank, unless the job asks for more CPUs a task.
export OMP_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}" OPENBLAS_NUM_THREADS="${SLURM_CPUS_PER_TASK:-1}"

# Runs the program on all ranks of the job, and puts the job back into the queue if it was stopped after saving.
run_or_requeue() {
  local step code=0 signalled=1
  srun --mpi="${HADRONFORCE_SRUN_MPI:-pmix}" "$@" &
  step=$!
  trap 'signalled=1; kill -USR1 "$step" 2>/dev/null' USR1
  # A signal ends `wait` early; then wait again for the program's own exit code.
  while [ "$signalled" -eq 1 ]; do
    signalled=0
    code=0
    wait "$step" || code=$?
  done
  trap - USR1
  if [ "$code" -eq 75 ]; then
    echo "$SLURM_JOB_NAME: stopped after saving; back into the queue"
    scontrol requeue "$SLURM_JOB_ID"
  fi
  exit "$code"
}
