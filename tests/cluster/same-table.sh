#!/bin/sh
# same-table.sh shards|gnu-parallel|slurm-array PROGRAM: a sweep by one of the scripts of examples/sweep gives the bytes of the
# same sweep in one process, and the example programs read its table. Slurm is a real slurmctld and slurmd, started for the
# test, on the loopback alone; that needs root. 77: something is not installed.
set -eu
way=$1
BOUNCELAB=$2
export BOUNCELAB
here=$(cd "$(dirname "$0")" && pwd)
examples=$here/../../examples/sweep
work=$(mktemp -d "${TMPDIR:-/tmp}/bouncelab-test-XXXXXX")
cd "$work"

stop() {
    for file in slurm/slurmd.pid slurm/slurmctld.pid slurm/munge/munged.pid; do
        [ ! -s "$file" ] || kill "$(cat "$file")" || true
    done
    # They write to the folder until they have ended.
    for file in slurm/slurmd.pid slurm/slurmctld.pid slurm/munge/munged.pid; do
        while [ -s "$file" ] && kill -0 "$(cat "$file")" 2> /dev/null; do sleep 0.1; done
    done
    cd /
    rm -rf "$work"
}
trap stop EXIT

skip() {
    echo "skipped: $*"
    exit 77
}

start_slurm() {
    for program in munged slurmctld slurmd sbatch squeue; do
        command -v "$program" > /dev/null || skip "$program is not installed"
    done
    [ "$(id -u)" = 0 ] || skip "Slurm is started by root"
    slurm=$work/slurm
    host=$(hostname -s)
    mkdir -p slurm/munge slurm/state slurm/spool
    chmod 755 "$work" slurm slurm/munge
    dd if=/dev/urandom of=slurm/munge/key bs=1024 count=1 2> /dev/null
    chmod 600 slurm/munge/key
    chown -R munge slurm/munge
    su -s /bin/sh munge -c "$(command -v munged) -S $slurm/munge/sock --key-file $slurm/munge/key \
        --pid-file $slurm/munge/munged.pid --log-file $slurm/munge/log --seed-file $slurm/munge/seed"
    cat > slurm/slurm.conf <<END
ClusterName=loop
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthInfo=socket=$slurm/munge/sock
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd.log
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES State=UP
END
    SLURM_CONF=$slurm/slurm.conf
    export SLURM_CONF
    slurmctld -c
    slurmd
    tries=0
    until sinfo --noheader 2> /dev/null | grep -q idle; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || skip "Slurm does not come up here: $(tail -n 1 slurm/slurmctld.log)"
        sleep 0.5
    done
}

sed 's/runs: 5/runs: 1/; s/4\.\.9/[7, 9]/' "$examples/campaign.yaml" > campaign.yaml
"$BOUNCELAB" sweep -q campaign.yaml --out whole
case $way in
shards)
    "$examples/shards.sh" 3 out campaign.yaml
    ;;
gnu-parallel)
    parallel --version 2> /dev/null | grep -q GNU || skip "GNU parallel is not installed"
    "$examples/gnu-parallel.sh" 3 out campaign.yaml
    ;;
slurm-array)
    start_slurm
    job=$(sbatch --parsable --array=1-3 "$examples/slurm-array.sh" out campaign.yaml)
    while [ -n "$(squeue --noheader --jobs "$job" 2> /dev/null)" ]; do
        sleep 0.5
    done
    cat slurm-"$job"_*.out
    "$examples/slurm-array.sh" merge 3 out
    ;;
esac
cmp whole/table.csv out/table.csv
cmp whole/table.sqlite out/table.sqlite

python3 "$examples/lead.py" out/table.csv | tee lead.txt
grep -q '^hop 7, scale 1: 50\.9.* ms, 1 runs$' lead.txt
# pandas and R are read with where they are.
if /usr/bin/python3 -c 'import pandas' 2> /dev/null; then
    /usr/bin/python3 "$examples/lead_pandas.py" out/table.csv > pandas.txt
    grep -q '^hop-locator ' pandas.txt
fi
if Rscript -e 'library(RSQLite)' > /dev/null 2>&1; then
    Rscript "$examples/lead.R" out/table.sqlite > r.txt
    grep -q 'hop-locator' r.txt
fi
