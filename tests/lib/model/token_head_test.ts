import assert from "node:assert/strict";
import { openLibrary } from "../../../ffi/library.ts";
import { Session } from "../../../ffi/session.ts";
import { Tensor } from "../../../ffi/value.ts";
import { applyRules } from "../../../lib/decoding/logit_filters.ts";
import { PickedLogits, WholeLogits } from "../../../lib/decoding/token_logits.ts";
import { GraphBuilder } from "../../../lib/model/onnx_writer.ts";
import { pickSize, TokenHead, tokenHead } from "../../../lib/model/token_head.ts";
import type { PickRequest, TokenPicks } from "../../../lib/model/types.ts";
import { describe, it } from "../../balance.ts";
import { seededRandom } from "../../../lib/decoding/random.ts";
import { pickTokens } from "../decoding/pick_tokens.ts";
import { assertAlike, EOT, N_VOCAB, randomCases } from "../decoding/random_rules.ts";

const library = await openLibrary();

/** A session of nothing but the head, over a vocabulary. */
async function headOf(vocabulary: { nVocab: number; eot: number }): Promise<Session> {
  const graph = new GraphBuilder();
  graph.input("given", "float32", ["selected", vocabulary.nVocab]);
  graph.node("Identity", ["given"], {}, ["logits"]);
  graph.output("logits", "float32", ["selected", vocabulary.nVocab]);
  tokenHead(graph, vocabulary);
  return await Session.create(library, graph.finish("head"), { provider: "cpu", threads: 1 });
}

/** Runs the head over rows of logits, and looks at what it picks. */
async function run(
  session: Session,
  rows: readonly Float32Array[],
  requests: readonly PickRequest[],
  look: (picks: readonly TokenPicks[]) => void,
): Promise<void> {
  using given = Tensor.allocate(library, "float32", [rows.length, rows[0].length]);
  rows.forEach((row, i) => given.data.set(row, i * row.length));
  using binding = session.bind().input("given", given);
  using head = new TokenHead(session, binding, pickSize(requests));
  head.ask(requests);
  await session.run(binding);
  look(head.picks);
}

describe("tokenHead()", () => {
  it("leaves the rules the choice that all logits leave them, for rows of any state together", async () => {
    using session = await headOf({ nVocab: N_VOCAB, eot: EOT });
    const cases = randomCases(2000, 2);
    for (let start = 0; start < cases.length; start += 8) {
      const some = cases.slice(start, start + 8);
      const requests = some.map(({ sampled, rules, count }) => ({
        suppressed: (sampled.length === 0 ? rules.suppressedFirst : rules.suppressed)
          .filter((token) => token < EOT),
        count,
      }));
      await run(session, some.map(({ row }) => row), requests, (picks) => {
        for (const [i, { row, sampled, rules, count }] of some.entries()) {
          const few = new PickedLogits(picks[i], EOT), whole = new WholeLogits(row);
          applyRules(few, sampled, rules);
          applyRules(whole, sampled, rules);
          assertAlike(few, whole, count, `case ${start + i}`);
        }
      });
    }
  });

  it("picks from a vocabulary of full size what a plain search picks", async () => {
    const vocabulary = { nVocab: 51865, eot: 50257 };
    using session = await headOf(vocabulary);
    const random = seededRandom(3);
    const rows = [1, 8, 40].map((scale) =>
      Float32Array.from({ length: vocabulary.nVocab }, () => scale * (random() + random() + random() - 2))
    );
    const suppressed = Array.from({ length: 90 }, () => Math.floor(random() * vocabulary.eot));
    for (const count of [1, 6]) {
      const requests = [[], suppressed, suppressed.slice(1)].map((suppressed) => ({ suppressed, count }));
      await run(session, rows, requests, (picks) => {
        for (const [i, { tokens, logits, logSumExp, special }] of picks.entries()) {
          const expected = pickTokens(rows[i], requests[i], vocabulary.eot);
          assert.deepEqual([tokens, logits, special], [expected.tokens, expected.logits, expected.special]);
          assert(Math.abs(logSumExp - expected.logSumExp) < 1e-5, `${logSumExp}, ${expected.logSumExp}`);
        }
      });
    }
  });

  it("finds nothing to pick where all text is forbidden", async () => {
    using session = await headOf({ nVocab: N_VOCAB, eot: EOT });
    const requests = [{ suppressed: [...Array(EOT).keys()], count: 2 }];
    await run(session, [new Float32Array(N_VOCAB)], requests, ([{ logits, logSumExp, special }]) => {
      assert.deepEqual([...logits, logSumExp], [-Infinity, -Infinity, -Infinity]);
      assert.deepEqual(special, new Float32Array(N_VOCAB - EOT));
    });
  });
});
