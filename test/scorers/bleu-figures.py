"""Sentence BLEU-4 with add-one smoothing from runs of two words on (BLEUS), for test/scorers/likeness.test.ts.

python3 test/scorers/bleu-figures.py
Papineni et al. 2002, section 2.3; Lin and Och 2004, section 4.
"""
from collections import Counter
from math import exp, log


def bleu(found: str, wanted: str) -> float:
    hyp, ref = found.split(), wanted.split()
    total = 0.0
    for n in range(1, 5):
        have = Counter(tuple(hyp[i:i + n]) for i in range(len(hyp) - n + 1))
        want = Counter(tuple(ref[i:i + n]) for i in range(len(ref) - n + 1))
        hits = sum((have & want).values()) + (n > 1)
        whole = sum(have.values()) + (n > 1)
        if hits == 0:
            return 0.0
        total += log(hits / whole) / 4
    return min(1.0, exp(1 - len(ref) / len(hyp))) * exp(total)


for pair in [
    ("the the the the the the the", "the cat is on the mat"),
    ("it is a guide to action which ensures that the military always obeys the commands of the party",
     "it is a guide to action that ensures that the military will forever heed party commands"),
    ("the cat", "the cat is on the mat"),
    ("мама мыла раму", "мама мыла большую раму"),
]:
    print(repr(bleu(*pair)), pair)
