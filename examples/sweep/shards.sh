#!/bin/sh
# A sweep in N shards, each a process of its own, and one table in the end:
#   shards.sh N OUT CAMPAIGN.yaml [OPTION ...]
# Called again after a crash it goes on where it stopped. BOUNCELAB names the program (default: ./bouncelab).
set -eu
n=$1 out=$2
shift 2
program=${BOUNCELAB:-./bouncelab}

pids=
i=1
while [ "$i" -le "$n" ]; do
    "$program" sweep -q "$@" --out "$out" --shard "$i/$n" --jobs 1 --resume &
    pids="$pids $!"
    i=$((i + 1))
done
for pid in $pids; do
    wait "$pid"
done

tables=
i=1
while [ "$i" -le "$n" ]; do
    tables="$tables $out/table-$i-of-$n.csv"
    i=$((i + 1))
done
# shellcheck disable=SC2086 # one word a table
"$program" sweep --merge $tables --table "$out/table.csv"
