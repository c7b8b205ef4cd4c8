#!/bin/sh
# A sweep as a Slurm array, a shard a task; the disk is shared by the nodes:
#   sbatch --array=1-N slurm-array.sh OUT CAMPAIGN.yaml [OPTION ...]
# and when all tasks have ended:
#   slurm-array.sh merge N OUT
# A task that was requeued, or an array that is submitted again, goes on where it stopped. BOUNCELAB names the program
# (default: ./bouncelab), which has to be built: tasks build nothing.
#SBATCH --job-name=bouncelab-sweep
#SBATCH --cpus-per-task=1
#SBATCH --requeue
set -eu
program=${BOUNCELAB:-./bouncelab}

if [ "$1" = merge ]; then
    seq -f "$3/table-%g-of-$2.csv" "$2" |
        xargs "$program" sweep --table "$3/table.csv" --merge
    exit
fi
out=$1
shift
exec "$program" sweep -q "$@" --out "$out" --resume \
    --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --jobs "${SLURM_CPUS_PER_TASK:-1}"
