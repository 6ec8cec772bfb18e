import assert from "node:assert/strict";
import { BeamSearchDecoder } from "../../../lib/decoding/beam_search_decoder.ts";
import type { Hypothesis } from "../../../lib/decoding/token_decoder.ts";
import { type TokenLogits, WholeLogits } from "../../../lib/decoding/token_logits.ts";
import { describe, it } from "../../harness.ts";

const EOT = 3;

/** A row with these probabilities. */
function row(...probabilities: number[]): TokenLogits {
  return new WholeLogits(Float32Array.from(probabilities, Math.log));
}

function texts(hypotheses: readonly Hypothesis[]): string[] {
  return hypotheses.map(({ tokens, sumLogprob }) => `${tokens.join("")} ${Math.exp(sumLogprob).toFixed(3)}`);
}

describe("BeamSearchDecoder", () => {
  it("widens one row to the most probable hypotheses, and keeps the best continuations of all", () => {
    const decoder = new BeamSearchDecoder({ beamSize: 2, eot: EOT });
    assert.deepEqual(decoder.update([row(0.5, 0.3, 0.15, 0.05)]), [0, 0]);
    assert.deepEqual(texts(decoder.hypotheses), ["0 0.500", "1 0.300"]);
    assert.deepEqual(decoder.update([row(0.4, 0.3, 0.2, 0.1), row(0.05, 0.05, 0.85, 0.05)]), [1, 0]);
    assert.deepEqual(texts(decoder.hypotheses), ["12 0.255", "00 0.200"]);
  });

  it("counts an end only if it is among the best continuations", () => {
    const decoder = new BeamSearchDecoder({ beamSize: 2, eot: EOT });
    decoder.update([row(0.5, 0.3, 0.15, 0.05)]);
    decoder.update([row(0.1, 0.5, 0.3, 0.1), row(0.1, 0.2, 0.1, 0.6)]);
    // 01 0.25, 1+end 0.18 and 02 0.15; 0+end, 0.05, comes after two others.
    assert.deepEqual(texts(decoder.hypotheses), ["01 0.250", "02 0.150"]);
    assert.deepEqual(
      texts(decoder.candidates()),
      ["1 0.180", "01 0.250"],
      "filled up with the best unfinished",
    );
    assert.equal(decoder.completed, false);
  });

  it("is content with beamSize * patience ends, rounded half to even", () => {
    const ending = row(0.2, 0.1, 0.1, 0.6);
    for (const [patience, updates] of [[undefined, 2], [0.5, 1], [1.25, 2], [1.75, 3]] as const) {
      const decoder = new BeamSearchDecoder({ beamSize: 2, eot: EOT, patience });
      decoder.update([ending]);
      let count = 1;
      for (; !decoder.completed; count++) decoder.update([ending, ending]);
      assert.equal(count, updates, `patience ${patience}`);
    }
  });

  it("takes no more ends than it wants, the best of them", () => {
    const decoder = new BeamSearchDecoder({ beamSize: 2, eot: EOT });
    decoder.update([row(0.3, 0.2, 0.1, 0.4)]);
    const ending = row(0.05, 0.03, 0.02, 0.9);
    decoder.update([ending, ending]);
    assert.equal(decoder.completed, true);
    assert.deepEqual(texts(decoder.candidates()), [" 0.400", "0 0.270"]);
  });

  it("does not let forbidden tokens in while there are others", () => {
    const decoder = new BeamSearchDecoder({ beamSize: 2, eot: EOT });
    decoder.update([row(0.9, 0, 0, 0.1)]);
    decoder.update([row(0.5, 0.5, 0, 0), row(0.5, 0.5, 0, 0)]);
    assert.deepEqual(texts(decoder.hypotheses), ["00 0.450", "01 0.450"]);
  });

  it("rejects a patience that ends before the first candidate", () => {
    assert.throws(() => new BeamSearchDecoder({ beamSize: 1, eot: EOT, patience: 0.5 }), RangeError);
  });
});
