"""Harm and help of --clean lines, on pages with gold text: python3 benches/clean_quality.py PAGES.jsonl [EINMAL]

Each record of PAGES.jsonl has `publisher`, `country`, `html` and `gold`: versions of the article, each a text's parts (summary, sections with headline and paragraphs).
Harm: gold paragraphs that the rules would take out. Help: F1 of 4-word shingles against the gold, before and after. Publishers are split in two by a hash of
their names: rules may be written looking at the first half only.
"""

import collections
import hashlib
import json
import subprocess
import sys

EINMAL = sys.argv[2] if len(sys.argv) > 2 else "target/release/einmal"


def texts(records, *args):
    """The texts that einmal leaves of these records, by id, and the entries of its ledger."""
    lines = "".join(json.dumps(record) + "\n" for record in records)
    command = [EINMAL, "clean", "-q", "--ledger", "/tmp/clean_quality.ledger.jsonl", *args]
    run = subprocess.run(command, input=lines.encode(), capture_output=True)
    assert run.returncode == 0, run.stderr.decode()
    ledger = [json.loads(line) for line in open("/tmp/clean_quality.ledger.jsonl")]
    return {record["id"]: record for record in map(json.loads, run.stdout.splitlines())}, ledger


def parts(version):
    body = version.get("body") or {}
    yield from body.get("summary") or []
    for section in body.get("sections") or []:
        yield from section.get("headline") or []
        yield from section.get("paragraphs") or []


def stripped(text):
    return [line for line in map(str.strip, text.splitlines()) if line]


def gold_lines(versions):
    return {line for version in versions for part in version for line in stripped(part)}


def shingles(text):
    words = [word for word in "".join(c if c.isalnum() else " " for c in text.lower()).split()]
    return collections.Counter(zip(words, words[1:], words[2:], words[3:]))


def f1(found, gold):
    common = sum((found & gold).values())
    return 2 * common / max(1, sum(found.values()) + sum(gold.values()))


def main():
    pages = [json.loads(line) for line in open(sys.argv[1])]
    golds = {page["id"]: [[part for part in parts(version) if part.strip()] for version in page["gold"].values()] for page in pages}
    half = {page["id"]: hashlib.sha256(page["publisher"].encode()).digest()[0] % 2 for page in pages}
    paragraphs = {(part, half[id]) for id, versions in golds.items() for version in versions for part in version}
    records = [{"id": f"{nth} {side}", "text": text} for nth, (text, side) in enumerate(sorted(paragraphs))]
    _, ledger = texts(records, "--clean", "lines")
    for side in (0, 1):
        n = sum(1 for _, of in paragraphs if of == side)
        gone = [entry for entry in ledger if entry["id"].endswith(str(side))]
        print(f"half {side}: {len(gone)} of {n} gold paragraphs go")
        if side == 0 or "--show" in sys.argv:
            for entry in gone:
                print("   ", entry["rule"], "|", entry["text"].strip()[:120])
    for html in ("strip", "extract"):
        before, _ = texts(pages, "--field", "html", "--html", html)
        for clean in ("lines", "lines,blocks"):
            options = "--field", "html", "--html", html, "--source-field", "publisher", "--clean", clean, "--boilerplate", "drop"
            after, ledger = texts(pages, *options)
            scores, harm = collections.defaultdict(list), collections.defaultdict(lambda: [0, 0])
            for page in pages:
                gold = [shingles("\n".join(version)) for version in golds[page["id"]]]
                best = lambda text: max(f1(shingles(text), version) for version in gold)
                pair = best(before[page["id"]]["html"]), best(after[page["id"]]["html"])
                lines = gold_lines(golds[page["id"]]) & set(stripped(before[page["id"]]["html"]))
                gone = lines - set(stripped(after[page["id"]]["html"]))
                for group in ("all", f"half {half[page['id']]}", page["country"]):
                    scores[group].append(pair)
                    harm[group][0] += len(gone)
                    harm[group][1] += len(lines)
                if half[page["id"]] == 0 or "--show" in sys.argv:
                    for line in gone:
                        print("   ", page["id"], "|", line[:120])
            print(f"--html {html} --clean {clean}: {len(ledger)} lines go")
            for group, pairs in sorted(scores.items(), key=lambda item: -len(item[1])):
                if len(pairs) >= 5:
                    mean = lambda nth: sum(pair[nth] for pair in pairs) / len(pairs)
                    gone, there = harm[group]
                    print(f"    {group}: {len(pairs)} pages, F1 {mean(0):.3f} before, {mean(1):.3f} after; {gone} of {there} gold lines gone")


main()
