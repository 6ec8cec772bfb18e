import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { decodeAudio } from "../lib/audio/decode.ts";
import { loadModel } from "../mod.ts";
import { describe, fixture, it } from "./balance.ts";
import { collectGarbage } from "./collect_garbage.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "./lib/model/micro_checkpoint.ts";

/** `SOTTO_TEST_FULL=1` takes the official tiny.en, and minutes; else a model as narrow as a hair does. */
const full = process.env.SOTTO_TEST_FULL === "1";

const TRANSCRIPTIONS = 200;
/** After this many the arenas, the heap and the compiled code have their size. */
const WARM_UP = 40;
/**
 * What 80 transcriptions may add, in MB. Each allocates 0.6 MB of features, 0.4 MB of logits and 0.1 MB of cache
 * with the narrow model, 18 MB of features alone with tiny.en.
 */
const ALLOWED = 10;

/** Between two looks at the memory. */
const ROUNDS = 10;

/**
 * How much memory adds what is done again and again, in MB: from the lowest of the first half after the warm-up to
 * the lowest of the second. What waits for JavaScript's collector, which comes when it likes, does not count.
 */
async function growth(rounds: number, warmUp: number, work: () => Promise<unknown>): Promise<number> {
  const resident: number[] = [];
  for (let i = 1; i <= rounds; i++) {
    await work();
    if (i <= warmUp || i % ROUNDS !== 0) continue;
    collectGarbage();
    resident.push(process.memoryUsage().rss / 2 ** 20);
  }
  const half = resident.length >> 1;
  return Math.min(...resident.slice(half)) - Math.min(...resident.slice(0, half));
}

async function withModel(use: (path: string) => Promise<void>): Promise<void> {
  if (full) return await use(fixture("tiny.en.pt"));
  const folder = mkdtempSync(join(tmpdir(), "sotto-"));
  try {
    const path = join(folder, "narrow.pt");
    writeFileSync(path, microCheckpoint(MICRO_LAYOUTS.english));
    await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("memory", () => {
  it(`stays flat over ${TRANSCRIPTIONS} transcriptions of one clip`, async () => {
    const samples = (await decodeAudio(fixture("sense.wav"))).subarray(0, 3 * 16000);
    await withModel(async (path) => {
      using model = await loadModel(path, { device: "cpu" });
      const options = { temperature: 0, sampleLen: 12, beamSize: 2, wordTimestamps: true };
      const grown = await growth(TRANSCRIPTIONS, WARM_UP, () => model.transcribe(samples, options));
      assert.ok(grown < ALLOWED, `grew by ${grown.toFixed(1)} MB`);
    });
  });

  it("comes back when models are loaded and disposed again and again", async () => {
    await withModel(async (path) => {
      // Buffers that wait for the garbage collector take some thirty loads to reach their height, and then stay there.
      const grown = await growth(60, 30, async () => {
        using model = await loadModel(path, { device: "cpu" });
        assert.equal(model.isMultilingual, false);
      });
      // Fifteen models' packed embeddings alone are 100 MB, and 1,200 MB with tiny.en.
      assert.ok(grown < 40, `grew by ${grown.toFixed(1)} MB`);
    });
  });
});
