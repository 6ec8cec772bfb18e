#!/usr/bin/env python3
"""Writes what Resemblyzer makes of windows of a recording: `make_voice_reference.py PRETRAINED.pt SENSE.wav > sense.json`.

PRETRAINED.pt is `resemblyzer/pretrained.pt` of the PyPI package Resemblyzer 0.1.4. Its spectrogram is librosa's, its encoder
PyTorch's LSTM; the package itself is not imported, as it wants a WebRTC detector that is not needed here.
"""
import json
import sys

import librosa
import numpy as np
import torch

FRAMES = 160
STARTS = [0, 60, 900, 1230, 1800, 2500]

weights, path = sys.argv[1:]
state = torch.load(weights, map_location="cpu", weights_only=False)["model_state"]
lstm, linear = torch.nn.LSTM(40, 256, 3, batch_first=True), torch.nn.Linear(256, 256)
for name, module in (("lstm.", lstm), ("linear.", linear)):
    module.load_state_dict({key.removeprefix(name): value for key, value in state.items() if key.startswith(name)})

samples, rate = librosa.load(path, sr=None, dtype=np.float32)
assert rate == 16000
raised = -30 - 20 * np.log10(np.sqrt(np.mean(samples**2)))
if raised > 0:
    samples = samples * 10 ** (raised / 20)
mel = librosa.feature.melspectrogram(y=samples, sr=rate, n_fft=400, hop_length=160, n_mels=40).astype(np.float32).T
with torch.no_grad():
    _, (hidden, _) = lstm(torch.from_numpy(np.array([mel[start : start + FRAMES] for start in STARTS])))
    voices = torch.relu(linear(hidden[-1]))
    voices = voices / torch.norm(voices, dim=1, keepdim=True)
print(json.dumps({"frames": FRAMES, "starts": STARTS, "voices": [[round(float(v), 5) for v in voice] for voice in voices]}))
