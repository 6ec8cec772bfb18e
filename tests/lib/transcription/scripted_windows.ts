/** What the tests of the window loop share: an English model that says given tokens, window by window. */
import { loadTokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { type FakeModel, type Script, sparse } from "../decoding/fake_model.ts";
import { ENGLISH } from "../model/families.ts";

export const N_VOCAB = 51864;
export const tokenizer = await loadTokenizer(ENGLISH);

/** Text that is not among the suppressed symbols. */
export const [THE, AND, OF, TO, IN] = [" the", " and", " of", " to", " in"]
  .map((word) => tokenizer.encode(word)[0]);

/** The token of a time in seconds. */
export function at(seconds: number): number {
  return tokenizer.timestampBegin + Math.round(seconds * 50);
}

/** Says the tokens of each window one after the other, then the end. */
export function saying(windows: readonly (readonly number[])[]): Script {
  return (sofar, window) => {
    const next = windows[window][sofar.length - 1 - sofar.lastIndexOf(tokenizer.sot)] ?? tokenizer.eot;
    return sparse(N_VOCAB, { [next]: 10 });
  };
}

/** Samples without sound. */
export function silence(seconds: number): Float32Array {
  return new Float32Array(seconds * 16000);
}

/** The prompt that the decoder was given at each first step. */
export function prompts(model: FakeModel): (readonly number[])[] {
  const first = model.calls.filter(({ positions }) => positions !== undefined);
  return first.map(({ tokens: [row] }) => row.slice(0, row.lastIndexOf(tokenizer.sot)).slice(1));
}
