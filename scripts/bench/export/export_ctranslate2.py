#!/usr/bin/env python3
"""Writes a checkpoint as faster-whisper reads it.

    export_ctranslate2.py CHECKPOINT.pt FOLDER        (FOLDER holds facts.json and tokenizer.json)
"""
import json
import pathlib
import sys

import numpy as np
from ctranslate2.specs import whisper_spec

from checkpoint import read_checkpoint


def pair(spec, weights, name, weight="weight", bias="bias"):
    setattr(spec, weight, weights[f"{name}.weight"])
    setattr(spec, bias, weights[f"{name}.bias"])


def norm(spec, weights, name):
    pair(spec, weights, name, "gamma", "beta")


def joined(spec, weights, name, parts):
    """Several projections as one. Keys have no bias."""
    values = [weights[f"{name}.{part}.weight"] for part in parts]
    biases = [weights.get(f"{name}.{part}.bias", np.zeros(len(values[0]), np.float32)) for part in parts]
    spec.weight, spec.bias = np.concatenate(values), np.concatenate(biases)


def block(spec, weights, name):
    joined(spec.self_attention.linear[0], weights, f"{name}.attn", ["query", "key", "value"])
    pair(spec.self_attention.linear[1], weights, f"{name}.attn.out")
    norm(spec.self_attention.layer_norm, weights, f"{name}.attn_ln")
    pair(spec.ffn.linear_0, weights, f"{name}.mlp.0")
    pair(spec.ffn.linear_1, weights, f"{name}.mlp.2")
    norm(spec.ffn.layer_norm, weights, f"{name}.mlp_ln")


def cross_attention(spec, weights, name):
    joined(spec.linear[0], weights, f"{name}.cross_attn", ["query"])
    joined(spec.linear[1], weights, f"{name}.cross_attn", ["key", "value"])
    pair(spec.linear[2], weights, f"{name}.cross_attn.out")
    norm(spec.layer_norm, weights, f"{name}.cross_attn_ln")


def main(checkpoint, folder):
    dims, weights = read_checkpoint(checkpoint)
    facts = json.loads((folder / "facts.json").read_text())
    spec = whisper_spec.WhisperSpec(dims.n_audio_layer, dims.n_audio_head, dims.n_text_layer, dims.n_text_head)
    encoder, decoder = spec.encoder, spec.decoder
    pair(encoder.conv1, weights, "encoder.conv1")
    pair(encoder.conv2, weights, "encoder.conv2")
    encoder.position_encodings.encodings = weights["encoder.positional_embedding"]
    norm(encoder.layer_norm, weights, "encoder.ln_post")
    for i, layer in enumerate(encoder.layer):
        block(layer, weights, f"encoder.blocks.{i}")
    decoder.embeddings.weight = weights["decoder.token_embedding.weight"]
    decoder.projection.weight = weights["decoder.token_embedding.weight"]
    decoder.position_encodings.encodings = weights["decoder.positional_embedding"]
    norm(decoder.layer_norm, weights, "decoder.ln")
    for i, layer in enumerate(decoder.layer):
        block(layer, weights, f"decoder.blocks.{i}")
        cross_attention(layer.attention, weights, f"decoder.blocks.{i}")
    spec.register_vocabulary(facts["vocabulary"])
    spec.config.suppress_ids = facts["suppressed"]
    spec.config.suppress_ids_begin = [facts["blank"], facts["eot"]]
    spec.config.lang_ids = facts["language_tokens"]
    spec.config.alignment_heads = facts["alignment_heads"]
    spec.validate()
    spec.optimize(quantization="float16")
    spec.save(str(folder))


main(sys.argv[1], pathlib.Path(sys.argv[2]))
