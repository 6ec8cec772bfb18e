#!/usr/bin/env python3
"""Writes a checkpoint as transformers.js reads it, in float32 and in int8.

    export_transformers_js.py CHECKPOINT.pt FOLDER        (FOLDER holds facts.json and tokenizer.json)

The decoder is one graph for the first run and the later ones: `use_cache_branch` says whether cross-attention reads the
keys and values that it is given, or makes them out of the encoder's output and gives them.
"""
import json
import pathlib
import sys

import numpy as np
from onnx import TensorProto, helper

from checkpoint import read_checkpoint
from whisper_graph import Graph, encoder, quantise

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def write_encoder(dims, weights, path):
    graph = Graph(weights)
    mel = graph.input("input_features", FLOAT, ["batch_size", dims.n_mels, 2 * dims.n_audio_ctx])
    shape = ["batch_size", dims.n_audio_ctx, dims.n_audio_state]
    graph.output("last_hidden_state", encoder(graph, dims, mel), FLOAT, shape)
    graph.save(path)


def branch(graph, prefix, shape, build):
    """A branch of an `If` that gives the context, the keys and the values."""
    inner = Graph(graph.weights, prefix, graph)
    for name, value in zip(("context", "keys", "values"), build(inner)):
        inner.output(f"{prefix}{name}", value, FLOAT, None if name == "context" else shape)
    return helper.make_graph(inner.nodes, prefix, [], inner.outputs)


def cross_attention(graph, name, q, features, past, cached, heads, size):
    none = graph.constant("none", np.zeros((0, heads, 1, size), np.float32))

    def with_cache(inner):
        return inner.attend(q, past[0], past[1], size), none, none

    def without_cache(inner):
        k, v = (inner.split_heads(inner.linear(features, f"{name}.{part}"), heads, size) for part in ("key", "value"))
        return inner.attend(q, k, v, size), k, v

    shape = ["batch_size", heads, "encoder_length", size]
    return graph.add(
        "If", cached, outputs=3,
        then_branch=branch(graph, f"{name}.cached.", None, with_cache),
        else_branch=branch(graph, f"{name}.fresh.", shape, without_cache),
    )


def write_decoder(dims, weights, path):
    heads, size = dims.n_text_head, dims.n_text_state // dims.n_text_head
    graph = Graph(weights)
    tokens = graph.input("input_ids", INT64, ["batch_size", "length"])
    features = graph.input("encoder_hidden_states", FLOAT, ["batch_size", dims.n_audio_ctx, dims.n_audio_state])
    cache = lambda i, kind: [
        (f"{i}.{kind}.{part}", ["batch_size", heads, f"past_{kind}_length", size]) for part in ("key", "value")
    ]
    past = {
        name: graph.input(f"past_key_values.{name}", FLOAT, shape)
        for i in range(dims.n_text_layer) for kind in ("decoder", "encoder") for name, shape in cache(i, kind)
    }
    cached = graph.input("use_cache_branch", BOOL, [1])

    length = graph.size_of(tokens, 1)
    held = graph.size_of(past["0.decoder.key"], 2)
    total = graph.add("Add", held, length)
    mask = graph.causal_mask(length, total)
    start, end = (graph.add("Unsqueeze", value, graph.ints(0)) for value in (held, total))
    positions = graph.add("Slice", graph.weight("decoder.positional_embedding"), start, end, graph.ints(0))
    x = graph.add("Add", graph.add("Gather", graph.weight("decoder.token_embedding.weight"), tokens), positions)
    present = {}
    for i in range(dims.n_text_layer):
        name = f"decoder.blocks.{i}"
        y = graph.layer_norm(x, f"{name}.attn_ln")
        q, k, v = (
            graph.split_heads(graph.linear(y, f"{name}.attn.{part}"), heads, size) for part in ("query", "key", "value")
        )
        for part, value in (("key", k), ("value", v)):
            slot = f"{i}.decoder.{part}"
            present[slot] = graph.add("Concat", past[slot], value, axis=2)
        y = graph.attend(q, present[f"{i}.decoder.key"], present[f"{i}.decoder.value"], size, mask)
        x = graph.add("Add", x, graph.linear(graph.join_heads(y, heads, size), f"{name}.attn.out"))
        y = graph.layer_norm(x, f"{name}.cross_attn_ln")
        q = graph.split_heads(graph.linear(y, f"{name}.cross_attn.query"), heads, size)
        slots = [f"{i}.encoder.{part}" for part in ("key", "value")]
        y, *made = cross_attention(
            graph, f"{name}.cross_attn", q, features, [past[slot] for slot in slots], cached, heads, size
        )
        present.update(zip(slots, made))
        x = graph.add("Add", x, graph.linear(graph.join_heads(y, heads, size), f"{name}.cross_attn.out"))
        x = graph.add("Add", x, graph.mlp(graph.layer_norm(x, f"{name}.mlp_ln"), name))
    logits = graph.linear(graph.layer_norm(x, "decoder.ln"), "decoder.token_embedding")
    graph.output("logits", logits, FLOAT, ["batch_size", "length", dims.n_vocab])
    for slot, value in present.items():
        kind = slot.split(".")[1]
        graph.output(f"present.{slot}", value, FLOAT, ["batch_size", heads, f"present_{kind}_length", size])
    graph.save(path)


def configuration(dims, facts):
    tokens = {"eos_token_id": facts["eot"], "pad_token_id": facts["eot"], "decoder_start_token_id": facts["sot"]}
    return {
        "config.json": {
            "model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"], "is_encoder_decoder": True,
            "vocab_size": dims.n_vocab, "num_mel_bins": dims.n_mels, "d_model": dims.n_audio_state,
            "encoder_layers": dims.n_audio_layer, "encoder_attention_heads": dims.n_audio_head,
            "decoder_layers": dims.n_text_layer, "decoder_attention_heads": dims.n_text_head,
            "max_source_positions": dims.n_audio_ctx, "max_target_positions": dims.n_text_ctx,
            "max_length": dims.n_text_ctx, **tokens,
        },
        "generation_config.json": {
            "is_multilingual": facts["multilingual"], "no_timestamps_token_id": facts["no_timestamps"],
            "lang_to_id": {f"<|{code}|>": i for code, i in zip(facts["language_codes"], facts["language_tokens"])},
            "task_to_id": {task: facts[task] for task in ("transcribe", "translate")},
            "suppress_tokens": facts["suppressed"], "begin_suppress_tokens": [facts["blank"], facts["eot"]],
            "alignment_heads": facts["alignment_heads"], "max_length": dims.n_text_ctx,
            "max_initial_timestamp_index": 50, "return_timestamps": False, **tokens,
        },
        "preprocessor_config.json": {
            "feature_extractor_type": "WhisperFeatureExtractor", "processor_class": "WhisperProcessor",
            "feature_size": dims.n_mels, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400,
            "n_samples": 480000, "nb_max_frames": 2 * dims.n_audio_ctx, "padding_side": "right", "padding_value": 0.0,
            "return_attention_mask": False,
        },
        "tokenizer_config.json": {"tokenizer_class": "WhisperTokenizer", "model_max_length": 1024},
    }


def main(checkpoint, folder):
    dims, weights = read_checkpoint(checkpoint)
    facts = json.loads((folder / "facts.json").read_text())
    for name, content in configuration(dims, facts).items():
        (folder / name).write_text(json.dumps(content))
    out = folder / "onnx"
    out.mkdir(exist_ok=True)
    write_encoder(dims, weights, out / "encoder_model.onnx")
    write_decoder(dims, weights, out / "decoder_model_merged.onnx")
    for part in ("encoder_model", "decoder_model_merged"):
        quantise(out / f"{part}.onnx", out / f"{part}_quantized.onnx")


main(sys.argv[1], pathlib.Path(sys.argv[2]))
