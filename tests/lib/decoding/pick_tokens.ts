/** What the decoder's graph makes of a row of logits when tokens are picked from it, said plainly. */
import type { PickRequest, TokenPicks } from "../../../lib/model/types.ts";

/** Picks from `row`, `(nVocab)`; `eot` is the first token that is not text. */
export function pickTokens(row: Float32Array, { suppressed, count }: PickRequest, eot: number): TokenPicks {
  const text = row.slice(0, eot);
  for (const token of suppressed) text[token] = -Infinity;
  const rest = text.slice();
  const tokens = Int32Array.from({ length: count }, () => {
    const token = rest.reduce((best, logit, token) => logit > rest[best] ? token : best, 0);
    rest[token] = -Infinity;
    return token;
  });
  const logits = Float32Array.from(tokens, (token) => text[token]);
  const sum = text.reduce((sum, logit) => sum + Math.exp(logit - logits[0]), 0);
  return {
    tokens,
    logits,
    logSumExp: logits[0] === -Infinity ? -Infinity : logits[0] + Math.log(sum),
    special: row.slice(eot),
  };
}
