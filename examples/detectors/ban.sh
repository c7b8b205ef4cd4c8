#!/bin/sh
# Reports sessions that an Exchange server refuses because their address is banned: from its receive log alone.
set -eu
if [ "$*" = "--list --json" ]; then
    echo '[{"name": "ban", "reads": ["server-log"], "finds": ["ban"]}]'
    exit
fi
cd "$1"
find . -name 'RECV*.log' | sed 's|^\./||' | sort | while read -r log; do
    # time, connector, session, number, local end, remote end, direction, text
    awk -F, -v file="$log" '/,>,.?550 5\.2\.1 .*Too many invalid delivery attempts/ && !told[$3]++ {
        split($5, here, ":"); split($6, there, ":")
        printf "{\"timestamp\": \"%s\", \"event_type\": \"alert\", ", $1
        printf "\"src_ip\": \"%s\", \"src_port\": %d, \"dest_ip\": \"%s\", \"dest_port\": %d, ",
               here[1], here[2], there[1], there[2]
        printf "\"class\": \"ban.address\", \"verdict\": \"fault\", \"score\": 0.9, "
        printf "\"evidence\": {\"log\": [{\"file\": \"%s\", \"line\": %d}]}}\n", file, NR
    }' "$log"
done > "$2"
