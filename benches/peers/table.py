"""table.py RESULTS.jsonl: the table that is published, as Markdown: medians with the least and the greatest value.

A row is met when parlour's median is within the goal; "ahead" needs medians that differ by more than both spreads.
"""
import json, sys, statistics as st, collections
# Row, case, value, factor, unit, goal: a number, or what is added to mcabber's median.
ROWS = [
    ("exec to first frame, median of 15", "first:0", "first_s", 1000, "ms", ("mcabber", 2)),
    ("the least of them", "first:0", "least_s", 1000, "ms", None),
    ("100 contacts painted, wall", "start:100", "roster_s", 1000, "ms", ("mcabber", 0)),
    ("100 contacts painted, CPU", "start:100", "cpu_s", 1000, "ms", None),
    ("2,000 contacts painted, wall", "start:2000", "roster_s", 1000, "ms", ("mcabber", 0)),
    ("20 messages a second, CPU per 1,000", "rate:20", "cpu_per_1k", 1000, "ms", 450),
    ("20 messages a second, bytes a message", "rate:20", "bytes_per_msg", 1, "", 600),
    ("flood of 10,000, wall", "flood:10000", "wall_s", 1, "s", ("mcabber", 0)),
    ("flood of 10,000, CPU per 1,000", "flood:10000", "cpu_per_1k", 1000, "ms", ("mcabber", 0)),
    ("key to screen at rest, p50", "keys:0", "p50", 1, "ms", 0.35),
    ("key to screen at rest, p99", "keys:0", "p99", 1, "ms", None),
    ("key under 500 messages a second, p50", "keys:500", "p50", 1, "ms", 0.35),
    ("key under 500 messages a second, p99", "keys:500", "p99", 1, "ms", None),
    ("room of 5,000, CPU settled", "muc:5000", "cpu_settled", 1000, "ms", ("mcabber", 0)),
    ("idle for a minute, wakeups", "idleall", "vol", 1, "", None),
    ("idle for a minute, CPU", "idleall", "cpu_ms", 1, "ms", None),
    ("memory at rest, 100 contacts", "idleall", "rss_mb", 1, "MB", 16),
    ("catch up on 10,000, first page", "mam:10000", "visible_s", 1, "s", None),
    ("catch up on 10,000, all", "mam:10000", "stored_s", 1, "s", None),
]
NAMES = ("parlour", "before", "mcabber", "profanity", "poezio")
found = collections.defaultdict(list); loads = []
for name in sys.argv[1:] or ["results.jsonl"]:
    for line in open(name):
        r = json.loads(line); loads.append(r.get("load", 0)); found[(r["case"], r["client"])].append(r)
names = [n for n in NAMES if any(c == n for _, c in found)]

def values(case, name, key, factor):
    return [r[key] * factor for r in found[(case, name)] if r.get("ok") and r.get(key) is not None]
def short(v): return f"{v:.0f}" if abs(v) >= 100 else f"{v:.1f}" if abs(v) >= 10 else f"{v:.2f}"
def cell(case, name, key, factor):
    all = found[(case, name)]; v = values(case, name, key, factor)
    if any("na" in r for r in all): return "cannot"
    if not v: return "failed" if all else ""
    lost = "" if len(v) == len(all) else f", {len(v)} of {len(all)}"
    return f"{short(st.median(v))} ({short(min(v))} to {short(max(v))}{lost})"

print("| case | " + " | ".join(names) + " | goal | |"); print("|" + " --- |" * (len(names) + 3))
for row, case, key, factor, unit, goal in ROWS:
    if not any(found[(case, n)] for n in names): continue
    ours, theirs = (values(case, n, key, factor) for n in ("parlour", "mcabber"))
    limit = goal if not isinstance(goal, tuple) else st.median(theirs) + goal[1] if theirs else None
    told = "" if limit is None or not ours else "met" if st.median(ours) <= limit else "not met"
    if ours and theirs:
        clear = max(ours) < min(theirs) and "ahead of mcabber" or min(ours) > max(theirs) and "behind mcabber" or "near mcabber"
        told = f"{told}; {clear}" if told else clear
    print("| " + " | ".join([f"{row}{', ' + unit if unit else ''}", *(cell(case, n, key, factor) for n in names), short(limit) if limit is not None else "", told]) + " |")
print(f"\nEach figure is the median of the runs, with the least and the greatest; load of the machine {min(loads):.1f} to {max(loads):.1f}.")
