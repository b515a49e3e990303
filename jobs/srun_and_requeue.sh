# Sourced by the job scripts: srun_and_requeue COMMAND ... runs it on all ranks of the job. When Slurm announces the end
# of the time limit (USR1 to the script), the ranks save and exit with 75, and the job goes back into the queue.
program=${HADRONFORCE:-build/release/bin/hadronforce}
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}

srun_and_requeue() {
  # In the background, because bash runs a trap only when nothing stands in the foreground.
  srun --mpi=pmix "$@" &
  local step=$! code=0
  trap 'kill -USR1 $step' USR1 TERM
  wait $step || code=$?
  # A trapped signal ends the first wait; the step is still saving then.
  while kill -0 $step 2>/dev/null; do
    code=0
    wait $step || code=$?
  done
  if [ $code -eq 75 ]; then
    echo "requeued after saving"
    scontrol requeue "$SLURM_JOB_ID"
  fi
  exit $code
}
