#!/usr/bin/env -S deno run --allow-read --allow-write --allow-run --allow-ffi --allow-env --allow-sys
/**
 * Transcribes `tests/fixtures/sense.wav` in every format, sample rate and number of channels, and counts the words that
 * differ from those of the fixture, and the milliseconds: `measure_formats.ts [MODEL [ENDING…]]`. Wants ffmpeg, which
 * makes the files and decodes none. Exits with 1 where more than one word in a hundred differs from 16 kHz on, or a
 * length is wrong.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { evaluate } from "../../lib/eval/evaluate.ts";
import { decodeAudio, loadModel } from "../../mod.ts";
import { FORMATS, isRightLength, makeFormat } from "../../tests/lib/audio/wasm/format_matrix.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../../tests/fixtures/${name}`, import.meta.url));
const [name = fixture("tiny.en.pt"), ...endings] = process.argv.slice(2);
const source = fixture("sense.wav");
const ffmpeg = "no-such-ffmpeg";
const options = { language: "en", temperature: 0, ffmpeg } as const;

using model = await loadModel(name, { device: "cpu" });
const seconds = (await decodeAudio(source)).length / 16000;
const { text: expected } = await model.transcribe(source, options);
const print = (...cells: unknown[]) => process.stdout.write(`${cells.join(" | ")}\n`);
const all = { errors: 0, words: 0 };
let wrongLengths = 0;

print("format", "sample rate", "channels", "ms too long", "words wrong");
for (const format of FORMATS.filter(({ ending }) => endings.length === 0 || endings.includes(ending))) {
  const folder = mkdtempSync(join(tmpdir(), "sotto-formats-"));
  try {
    for (const { rate, count, path } of makeFormat(format, { source, seconds, folder })) {
      const samples = await decodeAudio(path, { ffmpeg });
      const excess = 1000 * (samples.length / 16000 - seconds);
      if (!isRightLength(excess, format, rate)) wrongLengths++;
      const { text } = await model.transcribe(path, options);
      const { substitutions, deletions, insertions, total } =
        evaluate([{ reference: expected, hypothesis: text }]).words;
      const errors = substitutions + deletions + insertions;
      if (rate >= 16000) {
        all.errors += errors;
        all.words += total;
      }
      print(format.ending, rate, count, excess.toFixed(1), `${errors} of ${total}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const rate = 100 * all.errors / all.words;
print(
  `from 16 kHz on ${all.errors} of ${all.words} words differ (${rate.toFixed(2)} %)`,
  `${wrongLengths} lengths wrong`,
);
process.exitCode = rate > 1 || wrongLengths > 0 ? 1 : 0;
