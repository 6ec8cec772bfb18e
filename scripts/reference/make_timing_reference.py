"""What openai/whisper's timing code gives for made-up inputs, as tests/fixtures/timing/reference.json.

    pip install openai-whisper==20250625
    python scripts/reference/make_timing_reference.py tests/fixtures/timing/reference.json

alignments  find_alignment() over scores and logits of a linear congruential generator, which the test repeats
words       add_word_timestamps() over random alignments
windows     transcribe() over scripted windows: where each next one starts and which segments are kept
"""
import json
import random
import sys
import types
from unittest import mock

import numpy as np
import torch
import whisper.timing
from whisper.decoding import DecodingResult

# The package has a function of the same name.
TRANSCRIBE = sys.modules["whisper.transcribe"]

EOT, NO_TIMESTAMPS, SOT = 50, 61, [51, 52, 53]
N_VOCAB = 64


def generate(seed, count, scale):
    """float32 values in [0, scale), the sum of three draws each, so that they cluster."""
    state, values = seed, np.empty(count, np.float32)
    for i in range(count):
        total = 0
        for _ in range(3):
            state = (state * 1664525 + 1013904223) % 2**32
            total += state
        values[i] = total / (3 * 2**32) * scale
    return values


class FakeModel(torch.nn.Module):
    """One layer of attention heads that says what it is given."""

    def __init__(self, scores, logits):
        super().__init__()
        self.scores, self.logits = scores, logits
        self.device = torch.device("cpu")
        self.dims = types.SimpleNamespace(n_text_layer=1)
        block = torch.nn.Module()
        block.cross_attn = torch.nn.Identity()
        self.decoder = torch.nn.Module()
        self.decoder.blocks = torch.nn.ModuleList([block])
        heads = torch.ones(1, scores.shape[0], dtype=torch.bool)
        self.alignment_heads = heads.to_sparse()

    def forward(self, mel, tokens):
        self.decoder.blocks[0].cross_attn((None, self.scores[None]))
        return self.logits[None]


def alignment(heads, text, positions, num_frames, seed):
    count = len(SOT) + 2 + text
    scores = generate(seed, heads * count * positions, 12).reshape(heads, count, positions)
    # A diagonal, for the path to find.
    for t in range(count):
        scores[:, t, min(positions - 1, t * num_frames // 2 // count)] += 6
    logits = generate(seed + 1, count * N_VOCAB, 20).reshape(count, N_VOCAB)
    tokens = [(7 * i) % EOT for i in range(text)]
    tokenizer = types.SimpleNamespace(
        sot_sequence=tuple(SOT), no_timestamps=NO_TIMESTAMPS, eot=EOT,
        split_to_word_tokens=lambda tokens: ([f" {i}" for i in range(0, len(tokens) - 1, 2)] + ["end"],
                                             [tokens[i:-1][:2] for i in range(0, len(tokens) - 1, 2)] + [[EOT]]))
    model = FakeModel(torch.tensor(scores), torch.tensor(logits))
    found = whisper.timing.find_alignment(model, tokenizer, tokens, torch.zeros(80, 1), num_frames)
    return {
        "heads": heads, "text": text, "positions": positions, "numFrames": num_frames, "seed": seed,
        "words": [[t.start.item(), t.end.item(), round(float(t.probability), 7)] for t in found],
    }


WORDS = [" and", " then", "ly", " the", " a", ".", "?", " (", " [", ",", "\"", "'", " \"", "。", " -", "-", ")",
         " to", " be", " ", ".\"", " word", "!"]


def random_words(rng, count, limit):
    """[word, number of tokens, start, end]; ends meet starts, with some gaps."""
    now, words = rng.randrange(0, 60), []
    for _ in range(count):
        length = rng.choice([0, 0, 1, 4, 8, 10, 12, 14, 15, 18, 22, 40, 130])
        end = min(now + length, limit)
        words.append([rng.choice(WORDS), rng.randrange(1, 4), now / 50, end / 50])
        now = min(end + rng.choice([0, 0, 0, 0, 2, 30, 120]), limit)
    return words


def words_case(rng):
    words = random_words(rng, rng.randrange(1, 14), 1500)
    tokens = sum(n for _, n, _, _ in words)
    counts = []
    while sum(counts) < tokens:
        counts.append(min(rng.choice([0, 1, 3, 7, 12]), tokens - sum(counts)))
    seek, last = rng.choice([0, 0, 1234, 31337]), rng.choice([0, 5.5, 300])
    cuts = sorted(rng.randrange(0, 1500) for _ in range(2 * len(counts)))
    times = [(seek / 100 + cuts[2 * i] / 50, seek / 100 + cuts[2 * i + 1] / 50) for i in range(len(counts))]
    segments = [dict(seek=seek, start=s, end=e, tokens=[1] * n) for (s, e), n in zip(times, counts)]
    timings = [whisper.timing.WordTiming(w, [1] * n, np.float64(s), np.float64(e), 0.5) for w, n, s, e in words]
    with mock.patch.object(whisper.timing, "find_alignment", lambda *a, **k: timings):
        whisper.timing.add_word_timestamps(
            segments=segments, model=None, tokenizer=types.SimpleNamespace(eot=EOT), mel=None, num_frames=3000,
            last_speech_timestamp=last)
    return {
        "seek": seek, "last": last, "alignment": words, "segments": [[s, e, n] for (s, e), n in zip(times, counts)],
        "expected": [[float(s["start"]), float(s["end"]),
                      [[w["word"], float(w["start"]), float(w["end"])] for w in s["words"]]] for s in segments],
    }


class Recording:
    """A run of transcribe() with windows made up as it goes, and what it was seen to do with each."""

    def __init__(self, rng, threshold):
        self.rng, self.threshold = rng, threshold
        self.content = rng.randrange(2000, 12000)
        self.windows = []

    def spectrogram(self, *_, **__):
        mel = torch.zeros(80, self.content + 3000)
        mel[0] = torch.arange(self.content + 3000)
        return mel

    def decode(self, segment, options):
        self.seek = int(segment[0, 0])
        size = min(3000, self.content - self.seek)
        begin, rng = 50363, self.rng
        marks = sorted(rng.sample(range(1, 1500), 2 * rng.randrange(1, 4)))
        tokens = []
        for start, end in zip(marks[::2], marks[1::2]):
            tokens += [begin + start, 100, begin + end]
        self.single = rng.random() < 0.5
        if not self.single:
            tokens.append(tokens[-1])
        last = (tokens[-1] - begin) * 2
        pairs = any(a >= begin and b >= begin for a, b in zip(tokens, tokens[1:]))
        self.next_seek = self.seek + (last if pairs and not self.single else size)
        return DecodingResult(audio_features=None, language="en", tokens=tokens, text="x", avg_logprob=-0.1,
                              no_speech_prob=0.0, temperature=0.0, compression_ratio=1.0)

    def add_words(self, *, segments, last_speech_timestamp, num_frames, **_):
        rng = self.rng
        for segment in segments:
            words, now = [], segment["start"] + rng.choice([0, 0, 0.5, 3])
            anomalous = rng.random() < 0.4
            for _ in range(rng.choice([0, 1, 2, 3, 9])):
                end = now + rng.choice([0.02, 0.06, 2.6] if anomalous else [0.1, 0.2, 0.3, 0.4])
                words.append(dict(word=rng.choice(WORDS), start=round(now, 2), end=round(end, 2),
                                  probability=rng.choice([0.05, 0.9] if anomalous else [0.9])))
                now = end
            segment["words"] = words
            if words:
                segment["start"], segment["end"] = words[0]["start"], words[-1]["end"]
        self.windows.append({
            "threshold": self.threshold, "seek": self.seek, "size": num_frames, "nextSeek": self.next_seek,
            "singleTimestampEnding": self.single, "contentFrames": self.content,
            "lastSpeechTimestamp": last_speech_timestamp,
            "segments": [[s["start"], s["end"], [list(w.values()) for w in s["words"]]] for s in segments],
        })

    def run(self):
        model = types.SimpleNamespace(
            device=torch.device("cpu"), is_multilingual=False, num_languages=99, decode=self.decode,
            dims=types.SimpleNamespace(n_mels=80, n_audio_ctx=1500, n_text_ctx=448))
        with mock.patch.object(TRANSCRIBE, "log_mel_spectrogram", self.spectrogram), \
                mock.patch.object(TRANSCRIBE, "add_word_timestamps", self.add_words):
            result = TRANSCRIBE.transcribe(
                model, "", word_timestamps=True, fp16=False, hallucination_silence_threshold=self.threshold)
        for window, following in zip(self.windows, self.windows[1:] + [None]):
            window["expected"] = {
                "kept": sum(s["seek"] == window["seek"] for s in result["segments"]),
                "seek": following and following["seek"],
                "lastSpeechTimestamp": following and following["lastSpeechTimestamp"],
            }
        return self.windows


def main():
    rng = random.Random(5)
    sizes = [(1, 1, 20, 40), (2, 5, 50, 90), (3, 12, 100, 200), (6, 30, 150, 301), (2, 9, 40, 6), (2, 9, 40, 9),
             (1, 40, 60, 30)]
    reference = {
        "alignments": [alignment(*size, seed=100 + i) for i, size in enumerate(sizes)],
        "words": [words_case(rng) for _ in range(100)],
        "windows": [w for i in range(40) for w in Recording(rng, [None, 0.5, 1, 2][i % 4]).run()],
    }
    with open(sys.argv[1], "w") as file:
        json.dump(reference, file, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    main()
