"""What openai/whisper decodes from made-up logits, for the tests of decoding and of the window loop.

    pip install openai-whisper==20250625 torch
    python scripts/reference/make_decoding_reference.py

The logits are a function of the tokens so far and of the window, in 32-bit integer arithmetic; the tests have the
same one in `tests/lib/decoding/made_up_logits.ts`. So every rule meets cases that no recording brings up.
Writes `tests/fixtures/decoding/{decode,transcribe}.json`.
"""
import json
import pathlib
import random
import sys

import numpy as np
import torch
import whisper
from whisper.decoding import DecodingOptions, DecodingTask, Inference
from whisper.model import ModelDimensions

OUT = pathlib.Path(__file__).parent.parent.parent / "tests/fixtures/decoding"
MASK = 0xFFFFFFFF


def mix(h):
    h = (h ^ (h >> 16)) * 0x85EBCA6B & MASK
    h = (h ^ (h >> 13)) * 0xC2B2AE35 & MASK
    return h ^ (h >> 16)


def made_up_logits(tokens, window, eot, n_vocab):
    state = mix(window + 1)
    for token in tokens:
        state = mix(state ^ (token * 0x9E3779B1 & MASK))
    timestamps = n_vocab - 1501
    index = np.arange(n_vocab, dtype=np.uint64)
    logits = mix((np.uint64(state) + index * np.uint64(0x9E3779B1)) & np.uint64(MASK)) / 2**31
    uniform = lambda i: mix(state + i & MASK) / 2**32
    for i in range(8):
        logits[mix(state + 100 + i & MASK) % eot] = 13 - 6 * uniform(i)
    for i in range(3):
        logits[timestamps + mix(state + 200 + i & MASK) % 1501] = 13.5 - 10 * uniform(20 + i)
    logits[eot] = 13 - 14 * uniform(30)
    logits[timestamps - 2] = 16 - 16 * uniform(31)  # no speech
    return logits.astype(np.float32)


class MadeUpInference(Inference):
    def __init__(self, window, eot, n_vocab):
        self.window, self.eot, self.n_vocab = window, eot, n_vocab
        self.first = True

    def logits(self, tokens, audio_features):
        rows = []
        for row in tokens.tolist():
            starts = range(1, len(row) + 1) if self.first else [len(row)]
            rows.append([made_up_logits(row[:n], self.window, self.eot, self.n_vocab) for n in starts])
        self.first = False
        return torch.from_numpy(np.array(rows))

    def rearrange_kv_cache(self, source_indices):
        pass


class MadeUpModel:
    def __init__(self, multilingual, n_vocab):
        self.dims = ModelDimensions(80, 1500, 8, 1, 1, n_vocab, 448, 8, 1, 1)
        self.is_multilingual = multilingual
        self.num_languages = n_vocab - 51765 - int(multilingual)
        self.device = torch.device("cpu")
        self.eot = 50257 if multilingual else 50256
        self.window = -1

    def logits(self, tokens, audio_features):
        inference = MadeUpInference(self.window, self.eot, self.dims.n_vocab)
        return inference.logits(tokens, audio_features)

    def detect_language(self, features, tokenizer=None):
        return whisper.decoding.detect_language(self, features, tokenizer)

    def decode(self, mel, options):
        self.window += 1
        if self.window > 100:
            raise ValueError("a window that does not move on has no end")
        return self.decode_window(options)

    def decode_window(self, options):
        return DecodingTask(self, options).run(torch.zeros(1, 1500, 8))[0]


whisper.decoding.PyTorchInference = lambda model, _: MadeUpInference(model.window, model.eot, model.dims.n_vocab)

MODELS = {"english": (False, 51864), "multilingual": (True, 51865), "large-v3": (True, 51866)}


def pick(rng, options, chance=0.3):
    return {k: rng.choice(v) for k, v in options.items() if rng.random() < chance}


def rounded(value):
    return round(value, 6) if isinstance(value, float) else value


def camel(options):
    join = lambda name: name[0] + "".join(part.title() for part in name[1:])
    return {join(name.split("_")): value for name, value in options.items()}


def decode_case(rng):
    name = rng.choice(list(MODELS))
    options = pick(rng, {
        "sample_len": [1, 2, 5, 30, 80],
        "beam_size": [1, 2, 3, 5, 6],
        "length_penalty": [0, 0.6, 1],
        "prompt": ["Earlier words.", [50, 60, 70], list(range(1000, 1250)), ""],
        "prefix": ["It began", [300, 400]],
        "suppress_tokens": [[], [-1], [11, 13, 50], [-1, 290, 340], [290]],
        "suppress_blank": [False],
        "without_timestamps": [True],
        "max_initial_timestamp": [None, 0.0, 0.5, 0.05, 2.0, 30.0],
    })
    if "beam_size" in options and rng.random() < 0.5:
        options["patience"] = rng.choice([0.5, 1.5, 2, 2.5])
    if name != "english":
        options["language"] = rng.choice(["en", "de", "haw", "english", None])
        if rng.random() < 0.3:
            options["task"] = "translate"
    window = rng.randrange(1000)
    multilingual, n_vocab = MODELS[name]
    model = MadeUpModel(multilingual, n_vocab)
    model.window = window
    given = dict(options) if name != "english" else {**options, "language": "en"}
    result = model.decode_window(DecodingOptions(fp16=False, **given))
    return {
        "model": name,
        "window": window,
        "options": camel({k: v for k, v in options.items() if (k, v) != ("language", None)}),
        "result": {
            "tokens": result.tokens,
            "avgLogprob": rounded(result.avg_logprob),
            "noSpeechProb": rounded(result.no_speech_prob),
            "compressionRatio": rounded(result.compression_ratio),
            "language": whisper.tokenizer.TO_LANGUAGE_CODE.get(result.language, result.language),
        },
    }


def transcribe_case(rng):
    name = rng.choice(list(MODELS))
    seconds = rng.choice([0.3, 7.123, 29.99, 30, 61.4, 100])
    options = pick(rng, {
        "logprob_threshold": [None, -2.5, -2, 0],
        "no_speech_threshold": [None, 0.1, 0.9],
        "condition_on_previous_text": [False],
        "initial_prompt": ["Names: Ada, Grace.", " ".join(["word"] * 100), " ".join(["word"] * 223), " ".join(["word"] * 250), " "],
        "carry_initial_prompt": [True],
        "clip_timestamps": [[], [3], [1.005, 4.5], [2.5, 9.25, 5, 6], [0, 2, 2, 4], [5, 1, 6, 6.4]],
        "without_timestamps": [True],
        "max_initial_timestamp": [None, 0.0, 5.0],
        "beam_size": [2],
        "prefix": ["It began"],
        "sample_len": [10, 40],
    })
    options["language"] = "en" if name == "english" else rng.choice(["de", "en"])
    multilingual, n_vocab = MODELS[name]
    frames = int(seconds * 100)
    if any(end > seconds for end in clip_ends(options)):
        raise ValueError("a clip past the end has no end")
    transcribe = sys.modules["whisper.transcribe"]
    transcribe.log_mel_spectrogram = lambda *_, **__: torch.zeros(80, frames + 3000)
    model = MadeUpModel(multilingual, n_vocab)
    result = transcribe.transcribe(model, None, temperature=0.0, fp16=False, **options)
    return {
        "model": name,
        "frames": frames,
        "options": camel(options),
        "windows": model.window + 1,
        "result": {
            "text": result["text"],
            "segments": [
                {name: rounded(segment[name]) for name in ("seek", "start", "end", "tokens", "text")}
                for segment in result["segments"]
            ],
        },
    }


def clip_ends(options):
    clips = options.get("clip_timestamps", "0")
    return [float(t) for t in (clips.split(",") if isinstance(clips, str) else clips) if t != ""]


def make(case, count):
    rng = random.Random(1)
    cases = []
    while len(cases) < count:
        try:
            cases.append(case(rng))
        except (ZeroDivisionError, AssertionError, ValueError):
            pass  # openai/whisper ends with an error here
    return cases


if __name__ == "__main__":
    counts = [int(n) for n in sys.argv[1:3]] or [60, 24]
    out = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else OUT
    for name, case, count in zip(["decode", "transcribe"], [decode_case, transcribe_case], counts):
        cases = make(case, count)
        lines = ",\n".join(json.dumps(c, ensure_ascii=False, default=float) for c in cases)
        (out / f"{name}.json").write_text(f"[\n{lines}\n]\n")
