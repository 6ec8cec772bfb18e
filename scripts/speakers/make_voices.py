#!/usr/bin/env python3
"""Makes voices for `measure.ts`: `make_voices.py FOLDER` writes `VOICE-NUMBER.wav`, 22 sentences each, 16 kHz.

    apt-get install -y flite fortunes festival festvox-kdlpc16k espeak-ng sox pocketsphinx-testdata    # all from Debian

The sentences are of Debian's fortunes, each is read by one voice. `sense` is a human reader, of LibriVox.
"""
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

SENTENCES = 22
FLITE, ESPEAK = ["flite", "-voice"], ["espeak-ng", "-v"]
VOICES = {
    "slt": [*FLITE, "slt"],
    "rms": [*FLITE, "rms"],
    "awb": [*FLITE, "awb"],
    "kal": [*FLITE, "kal16"],
    "ked": ["text2wave", "-eval", "(voice_ked_diphone)"],
    "esf": [*ESPEAK, "en-us+f3"],
    "esm": [*ESPEAK, "en-gb+m7"],
}
LIBRIVOX = pathlib.Path("/usr/share/pocketsphinx/test/data/librivox")


def sentences():
    for name in ("literature", "wisdom", "humorists", "people", "science", "work"):
        path = pathlib.Path("/usr/share/games/fortunes") / name
        if not path.exists():
            continue
        for text in path.read_text("utf-8", "replace").split("\n%\n"):
            text = re.sub(r"\s+", " ", text.split("\n\t\t--")[0]).strip()
            for sentence in re.split(r"(?<=[.?!])\s+", text):
                if 12 < len(sentence) < 140 and re.fullmatch(r"[A-Za-z ,;:'?!.-]+", sentence):
                    yield sentence


def speak(voice, text, path):
    if voice[0] == "text2wave":
        subprocess.run([*voice, "-o", path], input=text, text=True, check=True, stderr=subprocess.DEVNULL)
    else:
        given = ["-t", text, "-o", path] if voice[0] == "flite" else ["-w", path, text]
        subprocess.run([*voice, *given], check=True)


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
texts = sorted(set(sentences()))
random.Random(5).shuffle(texts)
texts = iter(texts)
with tempfile.TemporaryDirectory() as scratch:
    spoken = f"{scratch}/spoken.wav"
    for name, voice in VOICES.items():
        for i in range(SENTENCES):
            speak(voice, next(texts), spoken)
            out = folder / f"{name}-{i:02d}.wav"
            subprocess.run(["sox", "-V1", spoken, "-r", "16000", "-c", "1", "-b", "16", out, "norm", "-3"], check=True)
# Lower and slower it is somebody else.
for i in range(SENTENCES):
    changed = folder / f"sltx-{i:02d}.wav"
    subprocess.run(["sox", "-V1", folder / f"slt-{i:02d}.wav", changed, "pitch", "-250", "tempo", "0.95"], check=True)
for i, path in enumerate(sorted(LIBRIVOX.glob("*.wav"))):
    shutil.copy(path, folder / f"sense-{i:02d}.wav")
