"""What openai/whisper's writers make of made-up results, as tests/fixtures/writers/reference.json.

    pip install openai-whisper==20250625
    python scripts/reference/make_writer_reference.py tests/fixtures/writers/reference.json

Each case holds a result, as json.dump spells it, the options, and what the txt, vtt, srt and tsv writers wrote.
"""
import argparse
import io
import json
import random

from whisper.utils import get_writer

WORDS = [" and", " then", "ly", " leisure", "、", "今日は", " 😀", " e\u0301", ".", " (", "\n", " a\nb", " x\n", "",
         " ", "  two", " tab\there", "\u3000wide", "\ufeffmark", " \x1cfs", "\x85nel", " -->", "-->", "\"q\"",
         " back\\slash", " \x7f", " \u2028", " <u>", " prudently", " I"]


def number(rng):
    return rng.choice([0.0, 1.0, -0.1534, 1.5454545454545454, 1e-05, 3.4e-12, 0.6000000000000001, float("nan")])


def words_of(rng, now):
    words = []
    for _ in range(rng.choice([0, 1, 2, 5, 9])):
        end = round(now + rng.choice([0, 0.02, 0.24, 0.5, 1.26]), 2)
        words.append(dict(word=rng.choice(WORDS), start=now, end=end, probability=number(rng)))
        now = round(end + rng.choice([0, 0, 0, 0.02, 3.2]), 2)
    return words, now


def result(rng, with_words):
    now, segments = rng.choice([0.0, 0.0, 0.58, 3590.0, 360000.4]), []
    for i in range(rng.choice([0, 1, 3, 5])):
        start = now
        words, now = words_of(rng, now)
        text = "".join(word["word"] for word in words)
        if not words:
            now += rng.choice([0.0, 0.0005, 2.0015, 2.0025, 4.56])
        segment = dict(id=i, seek=int(start * 100), start=start, end=now, text=text,
                       tokens=[50364] + [rng.randrange(50257) for _ in words],
                       temperature=rng.choice([0.0, 0.2, 0.6000000000000001]), avg_logprob=number(rng),
                       compression_ratio=number(rng), no_speech_prob=number(rng))
        if with_words:
            segment["words"] = words
        segments.append(segment)
    return dict(text="".join(segment["text"] for segment in segments), segments=segments, language="en")


def options(rng):
    return dict(max_line_width=rng.choice([None, None, 1, 8, 20, 42]), max_line_count=rng.choice([None, None, 1, 2]),
                max_words_per_line=rng.choice([None, None, 1, 2, 4]), highlight_words=rng.random() < 0.4)


def write(name, result, options):
    file = io.StringIO()
    get_writer(name, ".").write_result(result, file=file, **options)
    return file.getvalue()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--cases", type=int, default=36)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    cases = []
    for i in range(args.cases):
        made, chosen = result(rng, with_words=i % 4 != 0), options(rng)
        cases.append(dict(options=chosen, json=write("json", made, {}),
                          **{name: write(name, made, chosen) for name in ("txt", "vtt", "srt", "tsv")}))
    with open(args.out, "w") as file:
        json.dump(cases, file, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    main()
