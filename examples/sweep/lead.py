"""Mean lead of the forged reply by the device's hop and the path's length: lead.py table.csv (Python alone)."""
import collections
import csv
import statistics
import sys

leads = collections.defaultdict(dict)
with open(sys.argv[1], newline="") as file:
    for row in csv.DictReader(file):
        # A run has a row for each detector; what is measured of the run is the same in all of them.
        point = (int(row["injectors.border.at-hop"]), float(row["paths.japan.delay-scale"]))
        if row["forged_lead_gap_s"]:
            leads[point][row["seed"]] = float(row["forged_lead_gap_s"])
for (hop, scale), by_seed in sorted(leads.items()):
    print(f"hop {hop}, scale {scale:g}: {1000 * statistics.mean(by_seed.values()):.3f} ms, {len(by_seed)} runs")
