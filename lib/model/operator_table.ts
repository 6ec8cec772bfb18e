/**
 * Which operators multiply by weights of 8 bits, by what the processor's byte products are like: the fastest whose
 * text is right. Base's shapes, two threads, the minimum of many rounds, as multiples of float32's speed; error:
 * relative, of the encoder's output over a window, or of the logits. On libraries 1.30 to 1.32.
 */
import type { LinearKinds, Precision } from "./precision.ts";

/**
 * Whether products of unsigned and signed bytes saturate: on x64 without VNNI (AVX2 alone), or are exact: AVX-VNNI,
 * AVX-512 VNNI, AMX, Arm.
 */
export type ByteProducts = "saturating" | "exact";

/** The operators. */
export const OPERATORS: Readonly<Record<ByteProducts, LinearKinds>> = {
  /*
   * Zen 3, by processor time on one thread, as other work had the rest:
   *
   * | | `int7` | `uint8` | `blocks` |
   * |---|---|---|---|
   * | encoder, rows everywhere | 1.5 (.060) | 1.25 (.053) | 0.85 (.039) |
   * | encoder, rows in `mlp.2` alone | 1.6 (.082) | 1.4 (.084) | |
   * | encoder, no rows | 1.6 (.176) | 1.45 (.166) | |
   * | decoder: 1 row; 5 rows; 8 windows | 2.1; 1.8; 1.5 | 2.0; 1.75; 1.4 | 2.2; 1.4; 1.25 |
   * | decoder, a prompt of 100 tokens | 1.4 | 1.3 | 0.9 |
   *
   * Six products of 512 by 512, milliseconds of one thread: 1, 5, 8 and 64 rows in `blocks` 0.13, 0.33, 0.48, 3.50; in
   * `int7-apart` 0.11, 0.16, 0.22, 1.41. With it and `CROSS` a step of 1 and 8 windows takes 8.7 and 26.1 ms instead of
   * 10.3 and 45.6, one of 5 beams 13.8 instead of 22.6, a prompt of 50 tokens 45 instead of 73; of 1291 words 54 are
   * wrong as before (base), 84 instead of 82 (tiny.en).
   *
   * `int8` is as fast as `int7` and wrong here. The decoder takes rows apart, as a row then gets the same logits alone
   * and in company.
   *
   * One packed product for the decoder's queries, keys and values, which `GroupQueryAttention` takes as it is, saves 30 of
   * 540 nodes and gains nothing: a clip is decoded in 213 ms with it and without, by five beams in 414 and 431, eight
   * times at once in 498 and 481 (two threads, the minimum of eight alternating rounds).
   */
  saturating: {
    encoder: "int7-rows",
    decoder: "int7-apart",
    logits: "int7-apart",
  },
  /*
   * | | AVX-512 VNNI (Zen 4) | AMX (error) |
   * |---|---|---|
   * | encoder `int8`, `mlp.2` `int8-rows` | 2.2 (.076) | 1.7 (.11) |
   * | encoder `int8` everywhere | 1.7 in a noisy run (.160) | 1.8 (.15 to .22) |
   * | encoder `int8-rows` everywhere | 1.9 (.053) | 1.5 (.10) |
   * | encoder `blocks` everywhere | 1.3 (.042) | less |
   * | decoder `blocks`: 1 row; 5 rows; 8 windows | 2.4; 1.4; 1.3 | 1.7 (1 row) |
   * | decoder `int8`: the same | 2.2; 1.7; 1.4 | |
   *
   * Rows everywhere, though it is slower by a tenth or two: with tiny.en, scales of rows in `mlp.2` alone gave 92 wrong
   * words of 1292, everywhere 82, float32 77. Arm is not measured: it takes what the others take.
   *
   * The decoder keeps `blocks`: whole steps of base on Zen 4 take 4.8, 10.6, 19.4 and 37.2 ms (1, 5, 8, 16 rows) in
   * `blocks` and 5.1, 9.0, 17.5 and 35.8 in `int8`, so what several rows gain (4 to 15 %) one row pays (6 %). `int8-apart`,
   * the only one that leaves rows to themselves, would add its own scales to that and is not measured there.
   */
  exact: {
    encoder: "int8-rows",
    decoder: "blocks",
    logits: "blocks",
  },
};

/**
 * How int8 models keep the audio's keys and values. Base, six layers of cross-attention alone, Zen 3, milliseconds of
 * processor time on one thread:
 *
 * | | `float` | `bytes` | int8 cache of `GroupQueryAttention` |
 * |---|---|---|---|
 * | 1 window, 1 query | 4.3 | 2.1 | 2.8 |
 * | 1 window, 5; 100 queries | 10.9; 40 | 4.6; 37 | 7.1 (causal, so wrong); not run |
 * | 8 windows, a query each | 33 | 13.7 | 16.5 |
 * | memory of a window | 37 MB | 9.5 MB | 9.2 MB |
 *
 * Zen 4 reads an int8 cache of 8 and 16 windows in 5.7 and 12.5 ms (`GroupQueryAttention`, two threads), float32 in 10.4
 * and 21.1: what is read decides there too. `bytes` is not measured on it, nor with AMX, and right on both: no sum
 * of two of its products leaves 16 bits.
 *
 * Wrong words with all products in int8: base, of three recordings and seven clips, 3573 words: 222 by `float`, 215 by
 * `bytes`, and 231 with 7 bits for the keys instead of the queries.
 *
 * The self-attention's cache stays float32. Six layers of it with `GroupQueryAttention`, one thread, float32 and int8: of
 * one row 0.09 and 0.10 ms at position 60, 0.25 and 0.24 at 224, 0.90 and 0.47 at 440; of eight rows 1.8 and 1.6, 5.2 and
 * 2.8, 8.3 and 4.1. Most steps are below position 100, where that is a hundredth of a step at most, and the scales of its
 * channels would have to be known before anything is heard.
 *
 * The encoder's attention stays as it is too. A layer of base over a window: `MultiHeadAttention` 85 ms, without its
 * flash attention 102, as `MatMul`, `Softmax`, `MatMul` 105, and in int8 78. One packed product for queries, keys and values
 * gains nothing, as it must be split again: 28.8 against 24.7 ms in `int7-rows`, 45.5 against 42.2 in float32.
 */
export const CROSS: Precision["cross"] = "bytes";
