#!/usr/bin/env python3
"""Writes a checkpoint as sherpa-onnx reads it, in float32 and in int8.

    export_sherpa_onnx.py CHECKPOINT.pt FOLDER        (FOLDER holds facts.json and tokens.txt)

The inputs, outputs and metadata are those of its Whisper models: the self-attention cache is a buffer of
`n_text_ctx` positions that goes in and comes out, and `offset` says how much of it is used.
"""
import json
import pathlib
import sys

from onnx import TensorProto

from checkpoint import read_checkpoint
from whisper_graph import Graph, encoder, quantise

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


def write_encoder(dims, weights, path, metadata):
    graph = Graph(weights)
    mel = graph.input("mel", FLOAT, ["n_audio", dims.n_mels, "n_frames"])
    features = encoder(graph, dims, mel)
    for part, output in (("key", "n_layer_cross_k"), ("value", "n_layer_cross_v")):
        layers = [
            graph.add("Unsqueeze", graph.linear(features, f"decoder.blocks.{i}.cross_attn.{part}"), graph.ints(0))
            for i in range(dims.n_text_layer)
        ]
        shape = [dims.n_text_layer, "n_audio", "n_positions", dims.n_text_state]
        graph.output(output, graph.add("Concat", *layers, axis=0), FLOAT, shape)
    graph.save(path, metadata)


def write_decoder(dims, weights, path):
    heads, size = dims.n_text_head, dims.n_text_state // dims.n_text_head
    graph = Graph(weights)
    cache_shape = [dims.n_text_layer, "n_audio", dims.n_text_ctx, dims.n_text_state]
    cross_shape = [dims.n_text_layer, "n_audio", "n_positions", dims.n_text_state]
    tokens = graph.input("tokens", INT64, ["n_audio", "n_tokens"])
    caches = [graph.input(f"in_n_layer_self_{part}_cache", FLOAT, cache_shape) for part in "kv"]
    crosses = [graph.input(f"n_layer_cross_{part}", FLOAT, cross_shape) for part in "kv"]
    offset = graph.input("offset", INT64, [1])

    length = graph.size_of(tokens, 1)
    total = graph.add("Add", graph.add("Squeeze", offset), length)
    end = graph.add("Unsqueeze", total, graph.ints(0))
    mask = graph.causal_mask(length, total)
    split = lambda x: graph.split_heads(x, heads, size)
    embedding = graph.weight("decoder.token_embedding.weight")
    positions = graph.add("Slice", graph.weight("decoder.positional_embedding"), offset, end, graph.ints(0))
    x = graph.add("Add", graph.add("Gather", embedding, tokens), positions)
    grown = ([], [])
    for i in range(dims.n_text_layer):
        name = f"decoder.blocks.{i}"
        y = graph.layer_norm(x, f"{name}.attn_ln")
        held = []
        for part, cache, layers in zip(("key", "value"), caches, grown):
            layer = graph.add("Gather", cache, graph.integer(i))
            past = graph.add("Slice", layer, graph.ints(0), offset, graph.ints(1))
            rest = graph.add("Slice", layer, end, graph.ints(dims.n_text_ctx), graph.ints(1))
            held.append(graph.add("Concat", past, graph.linear(y, f"{name}.attn.{part}"), axis=1))
            layers.append(graph.add("Unsqueeze", graph.add("Concat", held[-1], rest, axis=1), graph.ints(0)))
        q = split(graph.linear(y, f"{name}.attn.query"))
        y = graph.join_heads(graph.attend(q, split(held[0]), split(held[1]), size, mask), heads, size)
        x = graph.add("Add", x, graph.linear(y, f"{name}.attn.out"))
        q = split(graph.linear(graph.layer_norm(x, f"{name}.cross_attn_ln"), f"{name}.cross_attn.query"))
        k, v = (split(graph.add("Gather", cross, graph.integer(i))) for cross in crosses)
        y = graph.join_heads(graph.attend(q, k, v, size), heads, size)
        x = graph.add("Add", x, graph.linear(y, f"{name}.cross_attn.out"))
        x = graph.add("Add", x, graph.mlp(graph.layer_norm(x, f"{name}.mlp_ln"), name))
    x = graph.add("Transpose", graph.layer_norm(x, "decoder.ln"), perm=[0, 2, 1])
    logits = graph.add("Transpose", graph.add("MatMul", embedding, x), perm=[0, 2, 1])
    graph.output("logits", logits, FLOAT, ["n_audio", "n_tokens", dims.n_vocab])
    for part, layers in zip("kv", grown):
        graph.output(f"out_n_layer_self_{part}_cache", graph.add("Concat", *layers, axis=0), FLOAT, cache_shape)
    graph.save(path)


def metadata_of(dims, facts, name):
    listed = lambda values: ",".join(map(str, values))
    return {
        "model_type": f"whisper-{name}",
        "version": 1,
        "maintainer": "k2-fsa",
        **dims._asdict(),
        "sot_sequence": listed(facts["sot_sequence"]),
        "all_language_tokens": listed(facts["language_tokens"]),
        "all_language_codes": listed(facts["language_codes"]),
        "sot_index": 0,
        "blank_id": facts["blank"],
        "is_multilingual": int(facts["multilingual"]),
        "non_speech_tokens": listed(facts["non_speech_tokens"]),
        **{key: facts[key] for key in ("sot", "eot", "no_speech", "transcribe", "translate", "sot_prev", "sot_lm", "no_timestamps")},
    }


def main(checkpoint, folder):
    dims, weights = read_checkpoint(checkpoint)
    facts = json.loads((folder / "facts.json").read_text())
    write_encoder(dims, weights, folder / "encoder.onnx", metadata_of(dims, facts, folder.name))
    write_decoder(dims, weights, folder / "decoder.onnx")
    for part in ("encoder", "decoder"):
        quantise(folder / f"{part}.onnx", folder / f"{part}.int8.onnx")


main(sys.argv[1], pathlib.Path(sys.argv[2]))
