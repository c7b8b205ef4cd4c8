#!/bin/sh
# A sweep in N shards under GNU parallel, on this machine or with PARALLEL="--sshlogin ..." on others that share the disk:
#   gnu-parallel.sh N OUT CAMPAIGN.yaml [OPTION ...]
# Called again after a crash it goes on where it stopped. BOUNCELAB names the program (default: ./bouncelab).
set -eu
n=$1 out=$2
shift 2
program=${BOUNCELAB:-./bouncelab}

seq "$n" | parallel --will-cite --halt soon,fail=1 \
    "$program" sweep -q "$@" --out "$out" --shard "{}/$n" --jobs 1 --resume

seq -f "$out/table-%g-of-$n.csv" "$n" |
    xargs "$program" sweep --table "$out/table.csv" --merge
