"""The same, and which detector found the fault how often, with pandas: lead_pandas.py table.csv"""
import sys

import pandas

rows = pandas.read_csv(sys.argv[1])
point = ["injectors.border.at-hop", "paths.japan.delay-scale"]
runs = rows.drop_duplicates(["scenario", "variant", *point, "seed"])
print(runs.groupby(point)["forged_lead_gap_s"].agg(["mean", "count"]))

rows["recall"] = rows["true_alarms"] / (rows["true_alarms"] + rows["misses"])
print(rows.pivot_table("recall", "detector", "injectors.border.at-hop"))
