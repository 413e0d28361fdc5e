"""Makes the inputs that benches/README.md gives figures for, on standard output, the same ones every time.

make_inputs.py grow SOURCE MEGABYTES   so many megabytes of articles like those of SOURCE (JSONL with a field "text"), alike at any size: nine of ten with the
                                       words of each line in another order, so that they are new; one of ten a near copy of one shortly before
make_inputs.py NAME                    one of the inputs that are bad for us, see BAD below
"""
import json
import random
import sys


def write(text, nth=0):
    sys.stdout.write(json.dumps({"id": str(nth), "text": text}, ensure_ascii=False) + "\n")


def shuffled(lines, rng):
    return [" ".join(rng.sample(words, len(words))) for words in (line.split(" ") for line in lines)]


def edited(lines, rng):
    """The lines with one of a hundred words left out."""
    return [" ".join(word for word in line.split(" ") if rng.random() < 0.99) for line in lines]


def grow(source, megabytes):
    articles = [json.loads(line)["text"].split("\n") for line in open(source, encoding="utf-8")]
    rng = random.Random(1)
    recent, n_bytes, nth = [], 0, 0
    while n_bytes < megabytes * 1_000_000:
        if recent and rng.random() < 0.1:
            article = edited(rng.choice(recent), rng)
        else:
            article = shuffled(articles[nth % len(articles)], rng)
            recent = [article] + recent[:99]
        text = "\n".join(article)
        write(text, nth)
        n_bytes += len(text.encode())
        nth += 1


def made_up_words(n, seed=2):
    rng = random.Random(seed)
    return ["".join(rng.choice("abdefgiklmnoprstu") for _ in range(rng.randint(3, 9))) for _ in range(n)]


def one_sentence(border):
    write(border.join(["Der Rat hat am Montag in langer Sitzung über den Haushalt der Stadt beraten und ihn beschlossen."] * 1_000_000))


def all_the_same(change):
    article = " ".join(made_up_words(300))
    for nth in range(25_000):
        words = article.split(" ")
        words[150] = change(nth)
        write(" ".join(words), nth)


def frequent_phrase():
    words, rng = made_up_words(50_000), random.Random(3)
    phrase = " ".join(made_up_words(9, seed=4))
    for nth in range(60_000):
        pieces = [" ".join(rng.choices(words, k=60)) for _ in range(3)]
        write(f" {phrase} ".join(pieces), nth)


def chinese():
    rng = random.Random(5)
    sentence = lambda: "".join(chr(rng.randint(0x4E00, 0x5E00)) for _ in range(40)) + "。"
    shared = ["".join(sentence() for _ in range(5)) for _ in range(200)]
    for nth in range(15_000):
        own = ["".join(sentence() for _ in range(5)) for _ in range(3)]
        write("\n".join(own + rng.sample(shared, 3)), nth)


BAD = {
    "one-sentence-a-line-each": lambda: one_sentence("\n"),
    "one-sentence-on-one-line": lambda: one_sentence(" "),
    "same-but-one-word": lambda: all_the_same(lambda nth: "abc" + str(nth).translate(str.maketrans("0123456789", "abcdefghij"))),
    "same-but-one-number": lambda: all_the_same(str),
    "frequent-phrase": frequent_phrase,
    "chinese": chinese,
    "no-space": lambda: write("a" * (16 << 20)),
}

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    if sys.argv[1] == "grow":
        grow(sys.argv[2], int(sys.argv[3]))
    else:
        BAD[sys.argv[1]]()
