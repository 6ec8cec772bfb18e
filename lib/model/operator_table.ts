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
 * Wrong words with all products in int8: base, of three recordings and seven clips, 3573 words: 222 by `float`, 215 by
 * `bytes`, and 231 with 7 bits for the keys instead of the queries.
 *
 * The encoder's attention stays as it is too. A layer of base over a window: `MultiHeadAttention` 85 ms, without its
 * flash attention 102, as `MatMul`, `Softmax`, `MatMul` 105, and in int8 78. One packed product for queries, keys and values
 * gains nothing, as it must be split again: 28.8 against 24.7 ms in `int7-rows`, 45.5 against 42.2 in float32.
 */
export const CROSS: Precision["cross"] = "bytes";
