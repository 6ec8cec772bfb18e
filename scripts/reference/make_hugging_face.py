#!/usr/bin/env python3
"""Makes a Hugging Face folder (WhisperForConditionalGeneration) out of an official checkpoint.

    pip install openai-whisper transformers safetensors
    scripts/reference/make_hugging_face.py base FOLDER [--layout plain|sharded|bin] [--decoder-layers 2] [--dtype float16]

MODEL is an official name (found in the cache where whisper.load_model finds it) or the path of a .pt.
--decoder-layers makes a model of a distilled one's shape: the decoder keeps that many layers, the first and the
last among them. Its transcripts are nonsense; its shapes are what matters.
"""

import argparse
import os
import re

import torch
import whisper
from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration
from whisper.tokenizer import get_tokenizer

NAMES = [
    (r"^", "model."),
    (r"positional_embedding$", "embed_positions.weight"),
    (r"token_embedding\.", "embed_tokens."),
    (r"encoder\.ln_post\.", "encoder.layer_norm."),
    (r"decoder\.ln\.", "decoder.layer_norm."),
    (r"\.blocks\.", ".layers."),
    (r"\.cross_attn_ln\.", ".encoder_attn_layer_norm."),
    (r"\.attn_ln\.", ".self_attn_layer_norm."),
    (r"\.mlp_ln\.", ".final_layer_norm."),
    (r"\.cross_attn\.", ".encoder_attn."),
    (r"\.attn\.", ".self_attn."),
    (r"\.query\.", ".q_proj."),
    (r"\.key\.", ".k_proj."),
    (r"\.value\.", ".v_proj."),
    (r"\.out\.", ".out_proj."),
    (r"\.mlp\.0\.", ".fc1."),
    (r"\.mlp\.2\.", ".fc2."),
]


def hugging_face_name(name: str) -> str:
    for ours, theirs in NAMES:
        name = re.sub(ours, theirs, name)
    return name


def kept_layers(count: int, wanted: int) -> list[int]:
    """The layers a shallower decoder keeps: evenly spread, with the first and the last."""
    if wanted == 1:
        return [0]
    return [round(i * (count - 1) / (wanted - 1)) for i in range(wanted)]


def state_dict(model: whisper.Whisper, layers: list[int]) -> dict[str, torch.Tensor]:
    tensors = {}
    for name, tensor in model.state_dict().items():
        layer = re.match(r"decoder\.blocks\.(\d+)\.", name)
        if layer:
            if int(layer[1]) not in layers:
                continue
            name = f"decoder.blocks.{layers.index(int(layer[1]))}.{name[layer.end():]}"
        tensors[hugging_face_name(name)] = tensor
    tensors["proj_out.weight"] = tensors["model.decoder.embed_tokens.weight"]
    return tensors


def configuration(dims: whisper.model.ModelDimensions, decoder_layers: int) -> WhisperConfig:
    return WhisperConfig(
        vocab_size=dims.n_vocab,
        num_mel_bins=dims.n_mels,
        d_model=dims.n_audio_state,
        encoder_layers=dims.n_audio_layer,
        encoder_attention_heads=dims.n_audio_head,
        encoder_ffn_dim=4 * dims.n_audio_state,
        decoder_layers=decoder_layers,
        decoder_attention_heads=dims.n_text_head,
        decoder_ffn_dim=4 * dims.n_text_state,
        max_source_positions=dims.n_audio_ctx,
        max_target_positions=dims.n_text_ctx,
    )


def generation_configuration(model: whisper.Whisper) -> GenerationConfig:
    tokenizer = get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
    special = [tokenizer.transcribe, tokenizer.translate, tokenizer.sot, tokenizer.sot_prev, tokenizer.sot_lm]
    return GenerationConfig(
        # Distilled models are published with the heads of their teacher too.
        alignment_heads=model.alignment_heads.indices().T.tolist(),
        suppress_tokens=sorted({*tokenizer.non_speech_tokens, *special, tokenizer.no_speech}),
        begin_suppress_tokens=[*tokenizer.encode(" "), tokenizer.eot],
        decoder_start_token_id=tokenizer.sot,
        eos_token_id=tokenizer.eot,
        pad_token_id=tokenizer.eot,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("folder")
    parser.add_argument("--layout", choices=["plain", "sharded", "bin"], default="plain")
    parser.add_argument("--dtype", choices=["float16", "float32", "bfloat16"], default="float16")
    parser.add_argument("--decoder-layers", type=int)
    arguments = parser.parse_args()

    source = whisper.load_model(arguments.model, device="cpu")
    count = source.dims.n_text_layer
    layers = kept_layers(count, arguments.decoder_layers or count)
    target = WhisperForConditionalGeneration(configuration(source.dims, len(layers)))
    target.load_state_dict(state_dict(source, layers))
    target.tie_weights()
    target.to(getattr(torch, arguments.dtype))
    target.generation_config = generation_configuration(source)
    target.save_pretrained(arguments.folder, max_shard_size="40MB" if arguments.layout == "sharded" else "5GB")
    if arguments.layout == "bin":
        torch.save(target.state_dict(), os.path.join(arguments.folder, "pytorch_model.bin"))
        os.remove(os.path.join(arguments.folder, "model.safetensors"))


if __name__ == "__main__":
    main()
