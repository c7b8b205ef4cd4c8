#!/usr/bin/env python3
"""Accuses segments with data that come with another TTL than their sender's SYN-ACK did."""
import datetime
import json
import pathlib
import struct
import sys

ABOUT = [{"name": "ttl", "reads": ["packets"], "finds": ["forged"]}]


def segments(path):
    """Frame number, time, TTL, flags, ends and octets of data of each TCP segment of a capture."""
    data = path.read_bytes()
    unit = 1e9 if data[:4] == b"\x4d\x3c\xb2\xa1" else 1e6
    at, frame = 24, 0
    while at + 16 <= len(data):
        seconds, fraction, size, _ = struct.unpack_from("<IIII", data, at)
        packet, at, frame = data[at + 16 : at + 16 + size], at + 16 + size, frame + 1
        if len(packet) < 54 or packet[12:14] != b"\x08\x00" or packet[23] != 6:
            continue
        ip = packet[14:]
        tcp = ip[4 * (ip[0] & 15) :]
        octets = struct.unpack_from(">H", ip, 2)[0] - 4 * (ip[0] & 15) - 4 * (tcp[12] >> 4)
        address = [".".join(map(str, ip[i : i + 4])) for i in (12, 16)]
        ends = (address[0], *struct.unpack_from(">H", tcp, 0), address[1], *struct.unpack_from(">H", tcp, 2))
        yield frame, seconds + fraction / unit, ip[8], tcp[13], ends, octets


if sys.argv[1:] == ["--list", "--json"]:
    print(json.dumps(ABOUT))
    sys.exit()
evidence, alerts = pathlib.Path(sys.argv[1]), open(sys.argv[2], "w")
for capture in sorted(evidence.rglob("*.pcap")):
    ttls = {}
    for frame, time, ttl, flags, ends, octets in segments(capture):
        if flags & 0x12 == 0x12:
            ttls[ends] = ttl
        elif octets > 0 and ttls.get(ends, ttl) != ttl:
            stamp = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
            print(json.dumps({
                "timestamp": stamp.strftime("%Y-%m-%dT%H:%M:%S.%f+0000"), "event_type": "alert",
                "src_ip": ends[0], "src_port": ends[1], "dest_ip": ends[2], "dest_port": ends[3],
                "pcap_cnt": frame, "class": "forged.reply", "score": 0.9, "verdict": "fault",
                "evidence": {"file": str(capture.relative_to(evidence)), "frames": [frame],
                             "explanation": f"TTL {ttl}, but {ttls[ends]} in the SYN-ACK"}}), file=alerts)
