import assert from "node:assert/strict";
import { compressionRatio } from "../../../lib/decoding/compression_ratio.ts";
import { describe, it } from "../../harness.ts";

/** Texts, and the lengths of their UTF-8 and of Python's `zlib.compress` of it. */
const COMPRESSED: readonly (readonly [text: string, length: number, compressed: number])[] = [
  [
    "And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.",
    113,
    99,
  ],
  [" you".repeat(100), 400, 17],
  ["Thank you for watching. ".repeat(9), 216, 35],
  ["ご視聴ありがとうございました。".repeat(6), 270, 58],
  [
    "He was not an ill-disposed young man, unless to be rather cold-hearted and rather selfish is to be ill-disposed. " +
    "Had he married a more amiable woman, he might have been made still more respectable than he was.",
    209,
    138,
  ],
  [
    "Guten Morgen, meine Damen und Herren – schön, dass Sie da sind, und schön, dass es Ihnen gut geht.",
    102,
    91,
  ],
  [Array.from({ length: 300 }, (_, i) => `${i * i}`).join(" "), 1653, 776],
];

describe("compressionRatio()", () => {
  it("divides by the length that Python's zlib gives", async () => {
    for (const [text, length, compressed] of COMPRESSED) {
      assert.equal(await compressionRatio(text), length / compressed, text.slice(0, 40));
    }
  });

  it("is 0 for no text", async () => {
    assert.equal(await compressionRatio(""), 0);
  });
});
