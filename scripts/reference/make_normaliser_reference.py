#!/usr/bin/env python3
"""Makes tests/fixtures/eval/normalisers.json: what openai/whisper's normalisers give for 2,000 texts.

Usage, with openai-whisper 20250625, regex and more-itertools installed:
  deno run tests/lib/eval/normaliser_texts.ts | python scripts/reference/make_normaliser_reference.py > \
    tests/fixtures/eval/normalisers.json
  python scripts/reference/make_normaliser_reference.py --spellings   # prints the table of American spellings

Results stand in blocks of 100, each as the start of the SHA-256 of its lines; every 40th stands in full. The folder
`whisper/normalizers` is enough, in a package of that name.
"""
import hashlib
import json
import sys
from pathlib import Path

from whisper import normalizers
from whisper.normalizers import BasicTextNormalizer, EnglishTextNormalizer

BLOCK = 100
EVERY = 40


def print_spellings():
    table = json.loads((Path(normalizers.__file__).parent / "english.json").read_text())
    american = {}
    for other, spelling in table.items():
        # One entry is a note, not a word.
        if " " not in other:
            american.setdefault(spelling, []).append(other)
    for spelling, others in american.items():
        print(spelling, *others)


def reference(outputs):
    blocks = [outputs[i : i + BLOCK] for i in range(0, len(outputs), BLOCK)]
    hashes = [hashlib.sha256("\n".join(block).encode("utf-8")).hexdigest()[:16] for block in blocks]
    return {"hashes": hashes, "inFull": {i: outputs[i] for i in range(0, len(outputs), EVERY)}}


def main():
    if "--spellings" in sys.argv:
        return print_spellings()
    texts = json.load(sys.stdin)
    ways = {
        "english": EnglishTextNormalizer(),
        "basic": BasicTextNormalizer(),
        "basicWithoutDiacritics": BasicTextNormalizer(remove_diacritics=True),
        "basicWithSplitLetters": BasicTextNormalizer(split_letters=True),
    }
    results = {name: [normalise(text) for text in texts] for name, normalise in ways.items()}
    if "--all" in sys.argv:
        return json.dump(results, sys.stdout)
    json.dump({name: reference(outputs) for name, outputs in results.items()}, sys.stdout, indent=1)


main()
