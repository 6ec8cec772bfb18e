/**
 * Logits that are a function of the tokens so far and of the window, in 32-bit integer arithmetic:
 * `scripts/reference/make_decoding_reference.py` has the same one, so openai/whisper can be asked what it makes of
 * them.
 */

/** Murmur3's finalizer. */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Gives the logits `(nVocab)` that follow `tokens`. */
export function madeUpLogits(tokens: readonly number[], window: number, nVocab: number): Float32Array {
  let state = mix(window + 1);
  for (const token of tokens) state = mix(state ^ Math.imul(token, 0x9e3779b1));
  const at = (i: number) => mix(state + i);
  const uniform = (i: number) => at(i) / 2 ** 32;
  const eot = nVocab === 51864 ? 50256 : 50257;
  const timestamps = nVocab - 1501;
  const logits = new Float32Array(nVocab);
  for (let i = 0; i < nVocab; i++) logits[i] = mix(state + Math.imul(i, 0x9e3779b1)) / 2 ** 31;
  for (let i = 0; i < 8; i++) logits[at(100 + i) % eot] = 13 - 6 * uniform(i);
  for (let i = 0; i < 3; i++) logits[timestamps + at(200 + i) % 1501] = 13.5 - 10 * uniform(20 + i);
  logits[eot] = 13 - 14 * uniform(30);
  logits[timestamps - 2] = 16 - 16 * uniform(31); // no speech
  return logits;
}
