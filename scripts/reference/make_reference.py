"""Reference results of openai/whisper itself, for parity tests: any model, audio and options.

    pip install openai-whisper torch          # plain CPU is enough

    python scripts/reference/make_reference.py --model tiny.en --out DIR talk.flac
        writes DIR/tiny.en/talk/ with
          mel.f32          log-mel spectrogram of the first window, float32 little endian, (n_mels, 3000)
          encoder.f32      every 50th row of the encoder's output, (30, n_audio_state)
          decode.json      greedy tokens of the first window without timestamps and, for each step, the 10
                           highest logits before any filter
          transcribe.json  transcribe() results: greedy with word timestamps, beam_size=5, without_timestamps;
                           of multilingual models also task=translate and the probabilities of all languages
    python scripts/reference/make_reference.py --model base --out DIR --options '{"clip_timestamps": "3,9"}' talk.flac
        writes DIR/base/talk.json, the transcribe() result with these options
    python scripts/reference/make_reference.py --cases cases.json --out DIR [--only PREFIX]
        does the like for a list of {"name", "model", "audio", "options", "window"?} and writes DIR/<name>.json;
        with "window": true, what decode.json holds, some encoder rows and the languages are added

A model is an official name or the path of a checkpoint. Everything is float32 on one CPU thread at
temperature 0 unless the options say otherwise, and sampling is seeded.
"""
import argparse
import functools
import json
import pathlib

import torch
import whisper

DEFAULTS = {"fp16": False, "temperature": 0.0}


def first_window(model, audio):
    mel = whisper.log_mel_spectrogram(audio, model.dims.n_mels, padding=whisper.audio.N_SAMPLES)
    return whisper.pad_or_trim(mel[:, : -whisper.audio.N_FRAMES], whisper.audio.N_FRAMES)


def greedy_steps(model, encoded, max_tokens):
    tokenizer = whisper.tokenizer.get_tokenizer(
        model.is_multilingual, num_languages=model.num_languages, language="en", task="transcribe"
    )
    prompt = list(tokenizer.sot_sequence_including_notimestamps)
    tokens, steps = list(prompt), []
    while len(steps) < max_tokens and tokens[-1] != tokenizer.eot:
        top = model.decoder(torch.tensor([tokens]), encoded)[0, -1].topk(10)
        steps.append({"ids": top.indices.tolist(), "logits": [round(v, 4) for v in top.values.tolist()]})
        tokens.append(steps[-1]["ids"][0])
    return {"prompt": prompt, "tokens": tokens[len(prompt) :], "steps": steps}


def language_probabilities(model, encoded):
    if not model.is_multilingual:
        return None
    probabilities = model.detect_language(encoded)[1][0]
    return dict(sorted(probabilities.items(), key=lambda pair: -pair[1]))


def write_everything(model, audio, out):
    out.mkdir(parents=True, exist_ok=True)
    mel = first_window(model, audio)
    encoded = model.encoder(mel[None])
    results = {
        "greedy": model.transcribe(audio, word_timestamps=True, **DEFAULTS),
        "beam5": model.transcribe(audio, beam_size=5, **DEFAULTS),
        "without_timestamps": model.transcribe(audio, without_timestamps=True, **DEFAULTS),
    }
    if model.is_multilingual:
        results["translate"] = model.transcribe(audio, task="translate", **DEFAULTS)
        results["language_probs"] = language_probabilities(model, encoded)
    mel.numpy().astype("<f4").tofile(out / "mel.f32")
    encoded[0, ::50].numpy().astype("<f4").tofile(out / "encoder.f32")
    (out / "decode.json").write_text(json.dumps(greedy_steps(model, encoded, max_tokens=60)))
    (out / "transcribe.json").write_text(json.dumps(results, ensure_ascii=False, indent=1, default=float))
    print(out, results["greedy"]["text"])


def write_case(model, audio, options, out, window=False):
    torch.manual_seed(0)
    result = model.transcribe(audio, **{**DEFAULTS, **options})
    if window:
        encoded = model.encoder(first_window(model, audio)[None])
        result["language_probs"] = language_probabilities(model, encoded)
        result["encoder"] = {str(row): encoded[0, row].tolist() for row in range(0, 1500, 299)}
        result["decode"] = greedy_steps(model, encoded, max_tokens=30)
    out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(rounded(result), ensure_ascii=False, separators=(",", ":"))
    out.write_text(text.replace('{"id"', '\n{"id"') + "\n")
    print(out, result["text"])


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.6g}") if hasattr(value, "is_integer") and not isinstance(value, int) else value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("audio", nargs="*", type=pathlib.Path)
    parser.add_argument("--model", help="official name, or path of a checkpoint")
    parser.add_argument("--download-root", help="where official checkpoints are cached")
    parser.add_argument("--options", type=json.loads, help="transcribe() options as JSON")
    parser.add_argument("--cases", type=pathlib.Path, help="JSON file of cases")
    parser.add_argument("--only", default="", help="how the names of the wanted cases begin")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)

    @functools.cache
    def load(name):
        return whisper.load_model(name, device="cpu", download_root=arguments.download_root).float().eval()

    for path in arguments.audio:
        out = arguments.out / pathlib.Path(arguments.model).name / path.stem
        if arguments.options is None:
            write_everything(load(arguments.model), str(path), out)
        else:
            write_case(load(arguments.model), str(path), arguments.options, out.with_suffix(".json"))
    for case in json.loads(arguments.cases.read_text()) if arguments.cases else []:
        if case["name"].startswith(arguments.only):
            out = arguments.out / f"{case['name']}.json"
            write_case(load(case["model"]), case["audio"], case["options"], out, case.get("window", False))


if __name__ == "__main__":
    main()
