import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type EndedPart,
  filesLeft,
  keepEndedParts,
  readEndedParts,
  sayOtherTrees,
} from "../../../scripts/platforms/ended_parts.ts";
import { describe, it } from "../../harness.ts";

const part = (tree: string, files: readonly string[], failed = 0): EndedPart => ({
  ...{ tree, files, failed },
  ...{ passed: 5, excused: 0, skipped: 0 },
});

describe("readEndedParts()", () => {
  it("gives what was kept, but for where something failed and where other files ran with those that are wanted", () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-")), path = join(folder, "ended.json");
    try {
      assert.deepEqual(readEndedParts(path, ["a", "b"]), { within: [], beside: [] });
      const parts = [part("1", ["a"]), part("1", ["b"], 1), part("1", ["c", "a"]), part("1", ["d"])];
      keepEndedParts(path, parts);
      assert.deepEqual(readEndedParts(path, ["a", "b"]), { within: [parts[0]], beside: [parts[3]] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("filesLeft()", () => {
  it("leaves out what ran", () => {
    assert.deepEqual(filesLeft(["a", "b", "c"], [part("1", ["a"]), part("2", ["c"])]), ["b"]);
  });
});

describe("sayOtherTrees()", () => {
  it("counts the files of each other state of the clone, and says nothing where there is none", () => {
    const parts = [part("1", ["a", "b"]), part("2", ["c"]), part("1", ["d"])];
    assert.equal(sayOtherTrees(parts, "2"), " (3 of them on 1)");
    assert.equal(sayOtherTrees(parts.slice(1, 2), "2"), "");
  });
});
