#!/usr/bin/env python3
"""Saves a Whisper model of a few hundred values with torch.save, as people have it: into tests/fixtures/torch/.

    pip install torch numpy
    scripts/reference/make_torch_files.py tests/fixtures/torch

The sizes and the values are those of tests/lib/checkpoint/corpus/model.ts. legacy.pt is a checkpoint of
openai/whisper in the container before PyTorch 1.6; trainer.pt is what a Lightning script leaves behind, with a
compiled model, an optimizer, random generators and a metric beside it.
"""

import random
import sys
from collections import OrderedDict

import numpy
import torch

DIMS = {
    "n_mels": 5,
    "n_vocab": 10,
    "n_audio_ctx": 6,
    "n_audio_state": 4,
    "n_audio_head": 1,
    "n_audio_layer": 1,
    "n_text_ctx": 7,
    "n_text_state": 4,
    "n_text_head": 1,
    "n_text_layer": 2,
}


def shapes():
    state = DIMS["n_audio_state"]
    yield "encoder.conv1.weight", (state, DIMS["n_mels"], 3)
    yield "encoder.conv1.bias", (state,)
    yield "encoder.conv2.weight", (state, state, 3)
    yield "encoder.conv2.bias", (state,)
    yield "encoder.positional_embedding", (DIMS["n_audio_ctx"], state)
    yield "decoder.token_embedding.weight", (DIMS["n_vocab"], state)
    yield "decoder.positional_embedding", (DIMS["n_text_ctx"], state)
    for norm in ("encoder.ln_post", "decoder.ln"):
        yield from linear(norm, (state,))
    for part, layers, attentions in (
        ("encoder", DIMS["n_audio_layer"], ("attn",)),
        ("decoder", DIMS["n_text_layer"], ("attn", "cross_attn")),
    ):
        for layer in range(layers):
            block = f"{part}.blocks.{layer}"
            for attention in attentions:
                for name in ("query", "key", "value", "out"):
                    yield from linear(f"{block}.{attention}.{name}", (state, state), bias=name != "key")
                yield from linear(f"{block}.{attention}_ln", (state,))
            yield from linear(f"{block}.mlp.0", (4 * state, state))
            yield from linear(f"{block}.mlp.2", (state, 4 * state))
            yield from linear(f"{block}.mlp_ln", (state,))


def linear(name, shape, bias=True):
    yield f"{name}.weight", shape
    if bias:
        yield f"{name}.bias", shape[:1]


def values(name, shape):
    seed = sum(map(ord, name))
    count = torch.Size(shape).numel()
    return torch.tensor([((seed + i * 7) % 64 - 32) / 8 for i in range(count)]).reshape(shape)


def trainer(state):
    trained = [torch.nn.Parameter(tensor.float()) for tensor in list(state.values())[:3]]
    optimizer = torch.optim.AdamW(trained, lr=1e-5)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
    sum(parameter.sum() for parameter in trained).backward()
    optimizer.step()
    scheduler.step()
    weights = OrderedDict((f"model._orig_mod.{name}", tensor) for name, tensor in state.items())
    weights["wer.total"] = torch.tensor(17)
    weights["wer.seen"] = torch.tensor([True, False])
    weights["projector.weight"] = torch.ones(2, 3)
    weights["projector.empty"] = torch.ones(0)
    return {
        "epoch": 3,
        "global_step": 1200,
        "pytorch-lightning_version": "2.2.0",
        "state_dict": weights,
        "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 3}}}},
        "callbacks": {"ModelCheckpoint{'monitor': 'wer'}": {"best_model_score": torch.tensor(0.25), "dirpath": "runs"}},
        "optimizer_states": [optimizer.state_dict()],
        "lr_schedulers": [scheduler.state_dict()],
        "hyper_parameters": {"lr": 1e-5, "freeze": False, "betas": (0.9, 0.98)},
        "loss": numpy.float64(0.5),
        "rng": {"torch": torch.get_rng_state(), "numpy": numpy.random.get_state(), "python": random.getstate()},
    }


def main():
    folder = sys.argv[1]
    torch.manual_seed(0)
    numpy.random.seed(0)
    random.seed(0)
    state = OrderedDict((name, values(name, shape).half()) for name, shape in shapes())
    checkpoint = {"dims": DIMS, "model_state_dict": state}
    torch.save(checkpoint, f"{folder}/legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(trainer(state), f"{folder}/trainer.pt")


main()
