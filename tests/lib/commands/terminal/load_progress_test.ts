import assert from "node:assert/strict";
import { formatBytes, formatDuration } from "../../../../lib/commands/terminal/quantities.ts";
import { formatFigures, showLoadProgress } from "../../../../lib/commands/terminal/load_progress.ts";
import { describe, it } from "../../../harness.ts";

const HALF = { phase: "download", loaded: 72e6, total: 144e6, rate: 12e6, eta: 6 } as const;

describe("showLoadProgress()", () => {
  it("prints a plain line every five seconds where there is no terminal", () => {
    let time = 0;
    let err = "";
    const terminal = {
      out() {},
      err: (text: string) => err += text,
      interactive: false,
      columns: 80,
      signal: new AbortController().signal,
    };
    const view = showLoadProgress(terminal, "base", () => time);
    for (; time <= 11_000; time += 100) view.onProgress(HALF);
    view.end();
    assert.equal(err, "Downloading base: 72.0 MB of 144 MB, 12.0 MB/s, 0:06 left\n".repeat(2));
    err = "";
    view.onWarning("The CPU is used; name another library as the library option");
    assert.equal(err, "The CPU is used; name another library as --library\n");
  });
});

describe("formatFigures()", () => {
  it("leaves out what is not known", () => {
    assert.equal(formatFigures({ phase: "download", loaded: 5 }), "5 B");
    assert.equal(formatFigures({ phase: "download", loaded: 5, rate: 2 }), "5 B, 2 B/s");
  });
});

describe("formatBytes()", () => {
  it("writes three digits or so", () => {
    assert.deepEqual([0, 999, 1500, 75_571_315, 145e6, 3.087e9].map(formatBytes), [
      "0 B",
      "999 B",
      "1.5 kB",
      "75.6 MB",
      "145 MB",
      "3.1 GB",
    ]);
  });
});

describe("formatDuration()", () => {
  it("writes minutes, and hours where there are any", () => {
    assert.deepEqual([0, 6.2, 750, 3723].map(formatDuration), ["0:00", "0:07", "12:30", "1:02:03"]);
  });
});
