import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LiveOptions, LiveSegment } from "../../../mod.ts";
import { type Terminal, UsageError } from "../../../lib/commands/command.ts";
import { listen, type ListeningModel } from "../../../lib/commands/listen.ts";
import { lastColumns } from "../../../lib/commands/terminal/live_line.ts";
import { describe, it } from "../../harness.ts";

function segment(id: number, stableText: string, rest?: string): LiveSegment {
  const text = stableText + (rest ?? "");
  return {
    id,
    seek: 0,
    start: id,
    end: id + 1,
    text,
    tokens: [],
    temperature: 0,
    avgLogprob: -0.1,
    compressionRatio: 1,
    noSpeechProb: 0,
    words: [{ word: text, start: id, end: id + 1, probability: 1 }],
    isFinal: rest === undefined,
    stableText,
    stableWords: 0,
    language: "de",
  };
}

/** A model that gives segments, the last of them when the sound has ended. */
class FakeListener implements ListeningModel {
  options: LiveOptions | undefined;
  heard = 0;
  disposed = 0;
  readonly #segments: readonly LiveSegment[];

  constructor(...segments: LiveSegment[]) {
    this.#segments = segments;
  }

  async *stream(audio: ReadableStream<Uint8Array>, options: LiveOptions): AsyncGenerator<LiveSegment> {
    this.options = options;
    yield* this.#segments.slice(0, -1);
    for await (const { length } of audio) this.heard += length;
    yield* this.#segments.slice(-1);
  }

  [Symbol.dispose](): void {
    this.disposed++;
  }
}

/** A terminal that remembers. */
function terminalWith(interactive: boolean, stdin: () => ReadableStream<Uint8Array>) {
  const controller = new AbortController();
  const printed = { out: "", err: "" };
  const terminal: Terminal = {
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
    interactive,
    columns: 30,
    signal: controller.signal,
    stdin,
  };
  return { terminal, printed, controller };
}

const sound = () => new Blob([new Uint8Array(100)]).stream();

describe("sotto listen", () => {
  it("prints what was said, and nothing that may still change", async () => {
    const { terminal, printed } = terminalWith(false, sound);
    const model = new FakeListener(
      segment(0, " Guten", " Tag"),
      segment(0, " Guten Tag."),
      segment(1, " Wie geht's?"),
    );
    assert.equal(await listen(["--language", "de"], terminal, () => Promise.resolve(model)), 0);
    assert.equal(
      printed.out,
      "[00:00.000 --> 00:01.000]  Guten Tag.\n[00:01.000 --> 00:02.000]  Wie geht's?\n",
    );
    assert.equal(printed.err, "");
    assert.deepEqual([model.heard, model.disposed, model.options?.language], [100, 1, "de"]);
  });

  it("shows what is being said in place on a terminal, the part that may change dim", async () => {
    const { terminal, printed } = terminalWith(true, sound);
    const model = new FakeListener(segment(0, " Guten", " Tag"), segment(0, ""), segment(1, " Ja."));
    await listen(["--timestamps", "False"], terminal, () => Promise.resolve(model));
    assert.equal(printed.err, "\r\x1b[KGuten\x1b[2m Tag\x1b[22m\r\x1b[K");
    assert.equal(printed.out, "Ja.\n");
  });

  it("ends with what was heard when it is interrupted, and writes it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-listen-"));
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
    });
    const { terminal, printed, controller } = terminalWith(false, () => endless);
    const model = new FakeListener(segment(0, " Guten Tag."), segment(1, " Auf Wiedersehen."));
    const code = listen(["-f", "srt", "-o", folder], terminal, () => {
      setTimeout(() => controller.abort(), 20);
      return Promise.resolve(model);
    });
    assert.equal(await code, 0);
    assert.match(printed.out, /Auf Wiedersehen/);
    assert.deepEqual(readdirSync(folder), ["stdin.srt"]);
    assert.match(readFileSync(join(folder, "stdin.srt"), "utf8"), /Guten Tag\.\n\n2\n[^]*Auf Wiedersehen/);
    assert.deepEqual([model.heard, model.disposed], [10, 1]);
  });

  it("says that nothing came, unless it was interrupted before", async () => {
    const { terminal, printed, controller } = terminalWith(false, () => new Blob([]).stream());
    const model = new FakeListener(segment(0, ""));
    await assert.rejects(
      listen([], terminal, () => Promise.resolve(model)),
      /^AudioDecodeError: Cannot decode standard input: it is empty$/,
    );
    assert.deepEqual([printed.out, model.disposed], ["", 1]);
    controller.abort();
    assert.equal(await listen([], terminal, () => Promise.resolve(model)), 0);
  });

  it("finds what is wrong with its command line before it loads a model", async () => {
    const never = () => Promise.reject(new Error("loaded"));
    const { terminal } = terminalWith(false, sound);
    const refused = (args: string[], pattern: RegExp) =>
      assert.rejects(
        listen(args, terminal, never),
        (error) => error instanceof UsageError && pattern.test(error.message),
      );
    await refused(["talk.wav"], /Cannot listen to talk\.wav: only standard input is heard/);
    await refused(["--rate", "1"], /sampleRate is 1/);
    await refused(["--format", "s16"], /wanted auto\|file\|s16le/);
    await refused(["--vad_max_speech_duration", "60"], /maxSpeechDuration is 60/);
    await assert.rejects(listen([], { ...terminal, stdin: undefined }, never), /there is none/);
  });
});

describe("lastColumns()", () => {
  it("keeps the end of what is too wide", () => {
    assert.equal(lastColumns("abc", 3), "abc");
    assert.equal(lastColumns("abcdef", 4), "…def");
    assert.equal(lastColumns("日本語テキスト", 5), "…スト");
    assert.equal(lastColumns("abc", 0), "");
  });
});
