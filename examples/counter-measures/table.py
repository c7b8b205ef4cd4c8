"""The table of docs/reports/counter-measures.md from the sweep's: table.py table.csv (Python alone)."""
import collections
import csv
import sys

# The campaign's points, in its order.
SETTINGS = ["none", "bare", "any", "any, both", "ts", "ts, both", "hold", "hold, any", "TLS"]
FATES = {("delivered", "1"): "saved", ("pending", "0"): "waits", ("failed", "0"): "bounced"}

fates = collections.defaultdict(dict)
with open(sys.argv[1], newline="") as file:
    reader = csv.DictReader(file)
    keys = [name for name in reader.fieldnames if name.startswith("hosts.")]
    for row in reader:
        point = tuple(row[key] for key in keys)
        fate = row["mail_case"], row["mail_case_copies"]
        # A run has a row for each detector; the mail's fate is the same in all of them.
        fates[row["variant"]].setdefault(point, {})[row["seed"]] = FATES.get(fate, f"{fate[0]}, copies: {fate[1]}")
print("| variant |", " | ".join(SETTINGS), "|")
print("|---" * (len(SETTINGS) + 1) + "|")
for variant, points in fates.items():
    if len(points) != len(SETTINGS):
        sys.exit(f"{variant}: found {len(points)} points, expected {len(SETTINGS)}")
    cells = [" or ".join(sorted(set(by_seed.values()))) for by_seed in points.values()]
    print(f"| `{variant}` |", " | ".join(cells), "|")
