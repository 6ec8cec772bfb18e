#!/usr/bin/env python3
"""Makes recordings for `hear.ts` of people who read known texts: `make_prompts.py FOLDER [ROOT]`.

    apt-get install -y ffmpeg asterisk-core-sounds-{en,es,fr,it} asterisk-core-sounds-{en,es,fr,it}-g722    # all from Debian

Asterisk's prompts (CC-BY-SA 3.0) are read by Allison Smith (English, Spanish), June Wallack (French) and Carlo (Italian).
Some 25 s of them are joined to `LANGUAGE-SET-NUMBER.wav` (16 kHz) with the text beside it as `.txt`: half of the English
ones, and Spanish and Italian, are of the set `fit`; the other half, and French, are `held`. Prompts with numbers are left
out, as those are written in several ways. ROOT is where the packages are unpacked. Recordings of others are put beside
them by hand, as `en-held-NAME`.
"""
import gzip
import hashlib
import pathlib
import re
import subprocess
import sys
import wave

RATE = 16000
SECONDS = 25
PAUSE = 0.6
READERS = {"en": "en_US_f_Allison", "es": "es_MX_f_Allison", "fr": "fr_CA_f_June", "it": "it_IT_m_Carlo"}
SETS = {"es": "fit", "it": "fit", "fr": "held"}
LETTERS = r"[^\W\d_]"
NUMBERS = {
    "en": "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|zero|hundred|thousand|first|second|third|oh",
    "es": "un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|cero|cien|mil|primer[oa]?",
    "fr": "une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|zéro|cent|mille|premi\\S+",
    "it": "un[oa]?|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|zero|cento|mille|prim[oa]",
}


def prompts(language, root):
    path = root / f"usr/share/doc/asterisk-core-sounds-{language}/core-sounds-{language}.txt.gz"
    seen = set()
    for line in gzip.open(path, "rt", encoding="utf-8", errors="strict"):
        name, _, text = line.strip().partition(":")
        text = text.strip().strip(".").strip()
        sound = root / "usr/share/asterisk/sounds" / READERS[language] / f"{name}.g722"
        plain = re.fullmatch(rf"(?:{LETTERS}|[ ,.;:'’!?-])+", text)
        if not plain or len(text.split()) < 3 or text.lower() in seen or not sound.exists():
            continue
        if re.search(rf"\b(?:{NUMBERS[language]})\b", text.lower()):
            continue
        seen.add(text.lower())
        yield text, sound


def samples(sound):
    command = ["ffmpeg", "-v", "error", "-f", "g722", "-i", str(sound), "-ar", str(RATE), "-f", "s16le", "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


folder = pathlib.Path(sys.argv[1])
root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "/")
folder.mkdir(parents=True, exist_ok=True)
for language in READERS:
    sets = {}
    for text, sound in prompts(language, root):
        digest = hashlib.sha256(text.encode()).digest()
        name = SETS.get(language) or ("fit" if digest[0] < 128 else "held")
        sets.setdefault(name, []).append((digest, text, sound))
    for name, drawn in sets.items():
        number, texts, frames = 0, [], b""
        for _, text, sound in sorted(drawn):
            texts.append(text)
            frames += samples(sound) + bytes(2 * int(PAUSE * RATE))
            if len(frames) < 2 * RATE * SECONDS:
                continue
            with wave.open(str(folder / f"{language}-{name}-{number:02d}.wav"), "wb") as out:
                out.setparams((1, 2, RATE, 0, "NONE", ""))
                out.writeframes(frames)
            (folder / f"{language}-{name}-{number:02d}.txt").write_text("\n".join(texts) + "\n")
            number, texts, frames = number + 1, [], b""
