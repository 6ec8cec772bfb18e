/**
 * Which operators multiply by weights of 8 bits, by what the processor's byte products are like: the fastest whose
 * text is right. Base's shapes, two threads, the minimum of many rounds, as multiples of float32's speed; error:
 * relative, of the encoder's output over a window, or of the logits. On libraries 1.30 to 1.32.
 */
import type { LinearKinds } from "./precision.ts";

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
   * `int8` is as fast as `int7` and wrong here. The decoder takes blocks as they give a row the same logits alone and in
   * company.
   */
  saturating: {
    encoder: "int7-rows",
    decoder: "blocks",
    logits: "blocks",
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
