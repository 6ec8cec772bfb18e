import assert from "node:assert/strict";
import type { ProcessMeasurement } from "../../../scripts/bench/job.ts";
import { compareRows, figuresOf, formatComparisons, formatRows } from "../../../scripts/bench/report.ts";
import type { Row } from "../../../scripts/bench/rounds.ts";
import { describe, it } from "../../harness.ts";

const variant = { precision: "int8", beam: 1, batch: 0 };
const recording = { path: "clip.wav", seconds: 10, text: "ask not what" };

function measured(transcribe: number[], text = "Ask not what"): ProcessMeasurement {
  return { version: "x", import: 0.1, load: 1, transcribe, text, startToText: 3 };
}

const ours: Row = {
  system: "Sotto on Deno",
  ours: true,
  variant,
  recording,
  measurements: [measured([2, 1]), measured([4])],
};
const peer: Row = {
  system: "peer",
  ours: false,
  variant,
  recording,
  measurements: [measured([2], "ask what"), measured([6])],
};
const idle: Row = { ...peer, system: "idle", measurements: [], unsupported: "no batches" };

describe("figuresOf()", () => {
  it("takes the lowest of all rounds, and the rates from it", () => {
    const figures = figuresOf(ours);
    assert.equal(figures.transcribe, 1);
    assert.equal(figures.realTimeFactor, 10);
    assert.equal(figures.wordsPerSecond, 3);
    assert.equal(figures.wordErrorRate, 0);
    assert.equal(figures.peakRss, undefined);
    assert.equal(figuresOf(peer).wordErrorRate, 1 / 3);
  });
});

describe("compareRows()", () => {
  it("divides what every peer took by what ours took in the same round", () => {
    const [comparison, ...others] = compareRows([ours, peer, idle]);
    assert.deepEqual(others, []);
    assert.equal(comparison.peer, "peer");
    assert.deepEqual(comparison.ratios.transcribe, { min: 1.5, median: 1.75, rounds: 2 });
    assert.equal(comparison.ratios["peak RSS"], undefined);
  });

  it("compares only what was asked alike", () => {
    assert.deepEqual(compareRows([ours, { ...peer, variant: { ...variant, beam: 5 } }]), []);
  });
});

describe("the tables", () => {
  it("say who did not run, and why", () => {
    const text = formatRows("clip", [ours, peer, idle]);
    assert.match(text, /\| Sotto on Deno \| int8 /);
    assert.match(text, /\nidle, int8: no batches$/);
  });

  it("show a ratio as its lowest and its median", () => {
    assert.match(formatComparisons(compareRows([ours, peer])), /1\.50\/1\.75/);
  });
});
