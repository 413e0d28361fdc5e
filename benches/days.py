"""Runs einmal over many simulated days, one after the other with one index, and tells what each costs.

days.py EINMAL FOLDER [DAYS] [ARTICLES]   a new index in FOLDER, which must not exist; 300 days of 500 articles by default

Each day has so many articles of 300 words with the frequencies of news, 1 MB at the default: one of ten is a near copy of one of the day before, and one
of a hundred of one of any earlier day. The same days every time. A line for each day: its number, CPU seconds (user and system, waiting for the disk not counted), files and bytes
of the index afterwards. At the end the mean of the days around the 30th and around the last, compaction included.
"""
import itertools
import json
import os
import random
import resource
import subprocess
import sys

WORDS = 300
# So many days around the one in question, so that mergings of several sizes fall among them.
AROUND = 32


def vocabulary(rng, n=60_000):
    return ["".join(rng.choice("abdefgiklmnoprstu") for _ in range(rng.randint(3, 10))) for _ in range(n)]


def article(rng, words, weights):
    text = rng.choices(words, cum_weights=weights, k=WORDS)
    return "\n".join(" ".join(text[at : at + 50]) for at in range(0, WORDS, 50))


def edited(rng, text):
    """The same with one of a hundred words left out."""
    return "\n".join(" ".join(word for word in line.split(" ") if rng.random() < 0.99) for line in text.split("\n"))


def days(n_days, n_articles):
    rng = random.Random(6)
    words = vocabulary(rng)
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(words))))
    recent, old = [], []
    for _ in range(n_days):
        today = []
        for _ in range(n_articles):
            kind = rng.random()
            if kind < 0.1 and recent:
                today.append(edited(rng, rng.choice(recent)))
            elif kind < 0.11 and old:
                today.append(edited(rng, rng.choice(old)))
            else:
                today.append(article(rng, words, weights))
        recent = today
        old.append(today[0])
        yield today


def cpu_of(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(einmal, folder, n_days=300, n_articles=500):
    os.mkdir(folder)
    index, day = os.path.join(folder, "seen"), os.path.join(folder, "day.jsonl")
    costs = []
    for nth, articles in enumerate(days(n_days, n_articles), 1):
        with open(day, "w", encoding="utf-8") as file:
            for number, text in enumerate(articles):
                name = f"https://example.org/{nth}/{number}"
                file.write(json.dumps({"id": f"{nth}-{number}", "url": name, "date": f"day {nth}", "text": text}) + "\n")
        command = [einmal, "dedup", "-q", day, "-o", "/dev/null", "--index", index, "--run", f"day {nth}", "--threads", "1"]
        costs.append(cpu_of(command))
        sizes = [entry.stat().st_size for entry in os.scandir(index) if entry.name.endswith(".segment")]
        print(nth, f"{costs[-1]:.3f}", len(sizes), sum(sizes), sep="\t", flush=True)
    for middle in (30, n_days - AROUND // 2):
        around = costs[max(middle - AROUND // 2, 0) : middle + AROUND // 2]
        print(f"mean of {len(around)} days around day {middle}: {sum(around) / len(around):.4f} CPU s")


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
