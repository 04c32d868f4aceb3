"""Learn what given names look like: ``names.npz``, from the names and the other words of jieba's dictionary (MIT).

python -m models.names        # a second; the machine learning part of `train` does not need it
"""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import numpy as np

from models.labelled import OUT
from repeatdetect import lexicon
from repeatdetect.ragged import HashCache

USUAL = 50  # count from which a word is one that people use
NAMED = 2  # people of the dictionary called by a word, from which it is a given name, too: 建国, 光明


def main() -> None:
    surnames = lexicon.load().surnames
    given: Counter[str] = Counter()
    general: Counter[str] = Counter()
    called: Counter[str] = Counter()
    words = set()
    for line in files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, part_of_speech = line.split(" ")
        if part_of_speech.startswith("nr"):
            if part_of_speech == "nr" and len(word) in (2, 3) and word[0] in surnames:
                given.update(word[1:])
                called[word[1:]] += 1
            continue
        general.update(dict.fromkeys(word, 0))
        for character in word:
            general[character] += int(count)
        if len(word) in (2, 3) and (word[0] in surnames or (len(word) == 2 and int(count) >= USUAL)):
            words.add(word)
    hashed = HashCache()
    names, others = sum(given.values()), sum(general.values())
    characters = sorted(given)
    # both smoothed: half a name, fifty letters of text
    weights = [
        np.log((given[c] + 0.5) / (names + 2_000)) - np.log((general[c] + 50) / (others + 500_000)) for c in characters
    ]
    np.savez_compressed(
        OUT / "names.npz", allow_pickle=False, characters=np.array([ord(c) for c in characters], np.uint16),
        weights=np.array(weights, np.float16), words=np.array(sorted({hashed[word] for word in words if called[word] < NAMED}), np.uint32),
    )  # fmt: skip


if __name__ == "__main__":
    main()
