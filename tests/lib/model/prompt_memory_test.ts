import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { openLibrary } from "../../../ffi/library.ts";
import { openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { mapFiles } from "../../../lib/loading/external_data.ts";
import { Whisper } from "../../../lib/model/whisper.ts";
import { describe, itNeeds } from "../../balance.ts";
import { isEmulated } from "../../harness.ts";
import { microCheckpoint } from "./micro_checkpoint.ts";

const LAYERS = 12, HEADS = 8, PROMPT = 223;

const LAYOUT = {
  dims: {
    ...{ nMels: 80, nVocab: 51864, nAudioCtx: 1500, nAudioState: 64, nAudioHead: HEADS, nAudioLayer: 1 },
    ...{ nTextCtx: 448, nTextState: 64, nTextHead: HEADS, nTextLayer: LAYERS },
  },
  dtype: "float16",
  columnMajor: true,
  seed: 1,
} as const;

/** A line of the process's status, in bytes. */
function memory(line: "VmHWM" | "VmRSS"): number {
  return 1024 *
    Number(new RegExp(`^${line}:\\s*(\\d+)`, "m").exec(readFileSync("/proc/self/status", "utf8"))![1]);
}

/** The kernel of Linux counts the peak, from when it is told to. */
const missing = process.platform !== "linux" && "the peak of memory is counted on Linux" ||
  isEmulated && "the memory of an emulator is not the program's" || undefined;

describe("a long prompt", () => {
  itNeeds(missing, "keeps the scores of one layer at a time", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-"));
    try {
      const path = join(folder, "deep.pt");
      writeFileSync(path, microCheckpoint(LAYOUT));
      const library = await openLibrary();
      await using opened = await openCheckpoint(path);
      const { source, options } = await mapFiles(library, opened);
      using model = await Whisper.create(library, source, { provider: "cpu", ...options });
      using features = await model.embedAudio(new Float32Array(80 * 3000));
      using inference = model.startInference(features);
      const before = memory("VmRSS");
      writeFileSync("/proc/self/clear_refs", "5");
      await inference.step([{ window: 0, tokens: Array(PROMPT).fill(1) }]);
      const scores = 4 * HEADS * PROMPT * 1500;
      const taken = memory("VmHWM") - before;
      assert.ok(taken < LAYERS * scores / 2, `${taken} bytes, one layer's scores being ${scores}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
