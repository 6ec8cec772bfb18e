import assert from "node:assert/strict";
import { describe, it } from "../../../harness.ts";
import { formatProgress, ProgressBar } from "../../../../lib/commands/terminal/progress_bar.ts";
import { cutToWidth, displayWidth } from "../../../../lib/text/display_width.ts";
import { fakeTerminal } from "./fake_terminal.ts";

const HALF = { text: "Transcribing a.wav", fraction: 0.5, figures: "0:30 of 1:00" };

describe("ProgressBar", () => {
  it("writes a plain line every five seconds where there is no terminal", () => {
    const terminal = fakeTerminal();
    let time = 0;
    const bar = new ProgressBar(terminal, { now: () => time });
    for (; time <= 11_000; time += 100) bar.update(HALF);
    bar.clear();
    assert.equal(terminal.written.err, "Transcribing a.wav: 0:30 of 1:00\n".repeat(2));
  });

  it("writes no plain line when told not to", () => {
    const terminal = fakeTerminal();
    let time = 0;
    const bar = new ProgressBar(terminal, { plain: false, now: () => time });
    for (; time <= 11_000; time += 100) bar.update(HALF);
    assert.equal(terminal.written.err, "");
  });

  it("wipes itself for what is printed above it, and comes back", () => {
    const terminal = fakeTerminal({ interactive: true });
    const bar = new ProgressBar(terminal);
    bar.update(HALF);
    const drawn = terminal.written.err.slice(4);
    bar.above(() => terminal.err("news\n"));
    bar.clear();
    assert.equal(terminal.written.err, `\r\x1b[K${drawn}\r\x1b[Knews\n${drawn}\r\x1b[K`);
  });

  it("prints above a bar that was never drawn without a trace of it", () => {
    const terminal = fakeTerminal({ interactive: true });
    const bar = new ProgressBar(terminal);
    bar.above(() => terminal.err("news\n"));
    bar.clear();
    assert.equal(terminal.written.err, "news\n");
  });
});

describe("formatProgress()", () => {
  it("draws half a bar", () => {
    assert.equal(
      formatProgress(HALF, 100),
      `Transcribing a.wav [${"#".repeat(15)}${" ".repeat(15)}] 0:30 of 1:00`,
    );
  });

  it("never wraps and never overflows its bar", () => {
    for (let columns = 5; columns < 120; columns++) {
      assert.ok(formatProgress(HALF, columns).length < columns);
      for (const name of ["会議の録音データ.wav", "👩‍👩‍👧 🇫🇷 e\u0301.wav", "a\n\x1b[2Jb.wav"]) {
        const line = formatProgress({ ...HALF, text: `Transcribing ${name}` }, columns);
        assert.ok(displayWidth(line) < columns, `${columns}: ${line}`);
        assert.ok(!/\p{Cc}/u.test(line));
      }
      assert.ok(formatProgress({ ...HALF, fraction: 7 }, columns).length < columns);
      assert.ok(formatProgress({ ...HALF, fraction: NaN }, columns).length < columns);
    }
  });
});

describe("displayWidth()", () => {
  it("counts the columns of a terminal", () => {
    const widths = ["abc", "会議", "ﾃﾞｰﾀ", "한국어", "e\u0301", "👍🏽", "👩‍👩‍👧", "❤\ufe0f", "🇫🇷", "𠮷", "\u200b"];
    assert.deepEqual(widths.map(displayWidth), [3, 4, 4, 6, 1, 2, 2, 2, 2, 2, 0]);
  });
});

describe("cutToWidth()", () => {
  it("cuts between characters, and says so", () => {
    assert.equal(cutToWidth("会議室", 6), "会議室");
    assert.equal(cutToWidth("会議室", 5), "会議…");
    assert.equal(cutToWidth("会議室", 4), "会…");
    assert.equal(cutToWidth("a👩‍👩‍👧b", 3), "a…");
    assert.equal(cutToWidth("abc", 0), "");
  });
});
