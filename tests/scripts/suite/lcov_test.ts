import assert from "node:assert/strict";
import { countLines } from "../../../scripts/suite/lcov.ts";
import { describe, it } from "../../harness.ts";

const record = (path: string, ...counts: number[]) =>
  `SF:${path}\n${counts.map((count, i) => `DA:${i + 1},${count}\n`).join("")}end_of_record\n`;

describe("countLines()", () => {
  it("counts the lines of the package, wherever the report's paths begin", () => {
    const lcov = record("/home/ada/sotto/lib/audio/wav.ts", 1, 0, 12) + record("ffi/library.ts", 0, 0) +
      record("mod.ts", 3);
    assert.deepEqual(countLines(lcov, "/home/ada/sotto/"), { lines: 6, run: 3 });
  });

  it("leaves out tests, scripts and what is not of this tree", () => {
    const lcov = record("/home/ada/sotto/tests/lib/audio/wav_test.ts", 1) + record("scripts/test.ts", 1) +
      record("node_modules/pako/dist/pako.mjs", 1);
    assert.deepEqual(countLines(lcov, "/home/ada/sotto/"), { lines: 0, run: 0 });
  });
});
