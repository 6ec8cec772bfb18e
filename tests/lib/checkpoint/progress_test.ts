import assert from "node:assert/strict";
import { type LoadProgress, ProgressMeter } from "../../../lib/checkpoint/progress.ts";
import { describe, it } from "../../harness.ts";

describe("ProgressMeter", () => {
  it("reports at most ten times a second, with rate and time left", () => {
    let time = 0;
    const reports: LoadProgress[] = [];
    const meter = new ProgressMeter("download", (report) => reports.push(report), {
      loaded: 1000,
      total: 11_000,
      now: () => time,
    });
    for (let step = 1; step <= 100; step++) {
      time = step * 10;
      meter.update(1000 + step * 10);
    }
    meter.finish(2000);
    assert.deepEqual(reports[0], { phase: "download", loaded: 1000, total: 11_000 });
    assert.equal(reports.length, 12);
    const { loaded, rate, eta } = reports.at(-1)!;
    assert.equal(loaded, 2000);
    assert.ok(Math.abs(rate! - 1000) < 1e-6);
    assert.ok(Math.abs(eta! - 9) < 1e-6);
  });

  it("follows a change of speed within seconds, and knows no time left without a total", () => {
    let time = 0;
    let last: LoadProgress | undefined;
    const meter = new ProgressMeter("verify", (report) => last = report, { now: () => time });
    for (let loaded = 0; time < 10_000; time += 100) meter.update(loaded += 1000);
    let loaded = 100_000;
    for (; time < 20_000; time += 100) meter.update(loaded += 100);
    assert.ok(last!.rate! < 1500, `${last!.rate}`);
    assert.equal(last!.eta, undefined);
    assert.equal(last!.total, undefined);
  });
});
