#!/usr/bin/env python3
"""Makes tests/fixtures/tokenizer/reference.json: what openai/whisper's tokenizer gives for the samples.

Usage, with openai-whisper 20250625 installed:
  deno run tests/lib/tokenizer/samples.ts | python scripts/reference/make_tokenizer_reference.py > \
    tests/fixtures/tokenizer/reference.json

Results stand in blocks of 100, each as the start of the SHA-256 of its lines; a few stand in full.
"""
import hashlib
import json
import sys

from whisper.tokenizer import LANGUAGES, get_tokenizer

BLOCK = 100
EVERY = 40


def hashes(lines):
    blocks = [lines[i : i + BLOCK] for i in range(0, len(lines), BLOCK)]
    return [hashlib.sha256("\n".join(b).encode()).hexdigest()[:16] for b in blocks]


def some(items):
    """Every 40th of the items, unless it is long, by its index."""
    return {i: items[i] for i in range(0, len(items), EVERY) if len(items[i]) < 60}


def split(tokenizer, tokens):
    """The words and how many tokens each has, on one line; None where tokens are lost or it is an IndexError."""
    try:
        words, word_tokens = tokenizer.split_to_word_tokens(tokens)
    except IndexError:
        return None
    if "".join(words) != tokenizer.decode_with_timestamps(tokens):
        return None
    return json.dumps([words, [len(w) for w in word_tokens]], ensure_ascii=False, separators=(",", ":"))


def splits(tokenizer, sequences):
    lines = [split(tokenizer, tokens) for tokens in sequences]
    return {
        "lost": [i for i, line in enumerate(lines) if line is None],
        "hashes": hashes([line or "" for line in lines]),
    }


def vocabulary_reference(multilingual, num_languages, texts, sequences):
    tokenizer = get_tokenizer(multilingual, num_languages=num_languages, language="en")
    encoded = [tokenizer.encode(text, disallowed_special=()) for text in texts]
    decoded = [tokenizer.decode_with_timestamps(tokens) for tokens in sequences]
    every_token = [tokenizer.decode_with_timestamps([t]) for t in range(tokenizer.encoding.n_vocab)]
    again = [tokenizer.encode(text, disallowed_special=()) for text in every_token[: tokenizer.eot]]
    sentences = [tokens[:200] + [tokenizer.eot] for tokens in encoded[::4]]
    reference = {
        "encoded": hashes([",".join(map(str, tokens)) for tokens in encoded]),
        "encodedInFull": some(encoded),
        "decoded": hashes(decoded),
        "decodedInFull": some(decoded),
        "everyToken": hashes(every_token),
        "everyTokenEncoded": hashes([",".join(map(str, tokens)) for tokens in again]),
        "nonSpeechTokens": list(tokenizer.non_speech_tokens),
        "words": splits(tokenizer, sentences),
        "wordsOfAnyTokens": splits(tokenizer, sequences),
    }
    if multilingual:
        chinese = get_tokenizer(True, num_languages=num_languages, language="zh")
        reference["characters"] = splits(chinese, sentences)
        reference["charactersOfAnyTokens"] = splits(chinese, sequences)
    return reference


def layout(multilingual, num_languages, language, task):
    t = get_tokenizer(multilingual, num_languages=num_languages, language=language, task=task)
    return {
        "options": {"multilingual": multilingual, "numLanguages": num_languages, "language": language, "task": task},
        "language": t.language,
        "task": t.task,
        "vocabularySize": t.encoding.n_vocab,
        "eot": t.eot,
        "sot": t.sot,
        "transcribe": t.transcribe,
        "translate": t.translate,
        "sotLm": t.sot_lm,
        "sotPrev": t.sot_prev,
        "noSpeech": t.no_speech,
        "noTimestamps": t.no_timestamps,
        "timestampBegin": t.timestamp_begin,
        "sotSequence": t.sot_sequence,
        "sotSequenceIncludingNoTimestamps": t.sot_sequence_including_notimestamps,
        # Their order is that of a set there.
        "allLanguageTokens": sorted(t.all_language_tokens),
    }


def main():
    samples = json.load(sys.stdin)
    texts = samples["texts"]
    reference = {
        "gpt2": vocabulary_reference(False, 99, texts, samples["tokens"]["gpt2"]),
        "multilingual": vocabulary_reference(True, 100, texts, samples["tokens"]["multilingual"]),
        "languages": list(LANGUAGES.items()),
        "layouts": [
            layout(False, 99, "en", "transcribe"),
            layout(True, 99, "en", "transcribe"),
            layout(True, 99, "Haitian Creole", "translate"),
            layout(True, 100, "Mandarin", "translate"),
            layout(True, 100, "yue", "transcribe"),
        ],
    }
    json.dump(reference, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write("\n")


main()
