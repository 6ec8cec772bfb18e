import assert from "node:assert/strict";
import { formatTable, megabytes, seconds } from "../../../scripts/bench/table.ts";
import { describe, it } from "../../harness.ts";

describe("formatTable()", () => {
  it("lines up columns, numbers to the right and text to the left", () => {
    assert.equal(
      formatTable(["system", "load", "note"], [["ours", "1.23", "ok"], ["theirs", "12.3", undefined]]),
      [
        "| system | load | note |",
        "| ------ | ---: | ---- |",
        "| ours   | 1.23 | ok   |",
        "| theirs | 12.3 | –    |",
      ].join("\n"),
    );
  });

  it("has a head without rows", () => {
    assert.equal(formatTable(["a"], []), "| a   |\n| --- |");
  });
});

describe("figures", () => {
  it("have three digits or so", () => {
    assert.deepEqual([0.0123, 0.39, 1.005, 29.12].map(seconds), ["0.012", "0.39", "1.00", "29.1"]);
    assert.equal(megabytes(331_400_000), "331");
  });

  it("are a dash when there is none", () => {
    assert.equal(seconds(undefined), undefined);
    assert.equal(megabytes(undefined), undefined);
  });
});
