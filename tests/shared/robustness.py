#!/usr/bin/env python3
"""Writes what the full run measured into a page, between its two robustness markers.

  tests/shared/robustness.py target/figures.tsv docs/robustness.md

Each line of the first file is `row<TAB>against<TAB>words`, as the tests note it (tests/shared/figures.rs); `login` and `idle` are rows too. Standard library only.
"""
import datetime, os, platform, re, sys

OPEN, CLOSE = "<!-- robustness -->", "<!-- /robustness -->"


def machine():
    """The machine in words: cores, processor, memory, kernel."""
    def first(path, pattern, default):
        try:
            found = re.search(pattern, open(path, encoding="utf-8").read(), re.M)
        except OSError:
            return default
        return found.group(1).strip() if found else default
    model = first("/proc/cpuinfo", r"^model name\s*:\s*(.*)$", platform.machine())
    memory = int(first("/proc/meminfo", r"^MemTotal:\s*(\d+)", "0")) // (1 << 20)
    return f"{os.cpu_count()} cores of {model}, {memory} GB, {platform.system()} {'.'.join(platform.release().split('.')[:2])}"


def key(row):
    """R-02 before R-10, and letters in the order R, S, K, T."""
    letter, _, number = row.partition("-")
    order = "RSKT".find(letter)
    return (order if order >= 0 else 9, letter, int(number) if number.isdigit() else 0)


def cell(text):
    return text.replace("|", "\\|").strip()


def table(lines):
    rows = {}
    for line in lines:
        parts = line.rstrip("\n").split("\t")
        if len(parts) != 3 or not re.fullmatch(r"[A-Z]-\d+|login|idle", parts[0]):
            sys.exit(f"not a figure: {line!r}")
        # A row that was measured twice against the same is the later one.
        rows[(key(parts[0]), parts[0], parts[1])] = parts[2]
    out = ["| row | against | measured |", "| --- | --- | --- |"]
    out += [f"| {row} | {cell(against)} | {cell(words)} |" for (_, row, against), words in sorted(rows.items())]
    return out


def main():
    figures, page = sys.argv[1:]
    lines = [l for l in open(figures, encoding="utf-8") if l.strip()]
    if not lines:
        sys.exit("no figures were noted")
    text = open(page, encoding="utf-8").read()
    if text.count(OPEN) != 1 or text.count(CLOSE) != 1:
        sys.exit(f"{page} needs {OPEN} and {CLOSE} once each")
    before, rest = text.split(OPEN)
    after = rest.split(CLOSE)[1]
    today = datetime.date.today().isoformat()
    words = [f"Measured {today} by `tests/run --full` on {machine()}. `PARLOUR_SEED=N tests/run --full` plays the same faults again.", ""]
    open(page, "w", encoding="utf-8").write(before + "\n".join([OPEN, *words, *table(lines), CLOSE]) + after)
    print(f"{len(lines)} figures are in {page}")


if __name__ == "__main__":
    main()
