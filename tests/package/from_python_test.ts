/** The page for people who come from Python: what it says to write here is right. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, itNeeds } from "../harness.ts";

const PAGE = readFileSync(new URL("../../lib/python/from_python.md", import.meta.url), "utf8");
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

const onlyDeno = "Deno" in globalThis ? undefined : "types are the same on Bun, Deno checks them";

/** What the lines of the tables stand in. */
const CONTEXT = `
import { availableModels, decodeAudio, loadModel, logMelSpectrogram, padOrTrim } from "@sotto/whisper";
import type { MelSpectrogram, Transcription, WhisperModel } from "@sotto/whisper";
import { formatTranscription } from "@sotto/whisper/writers";
declare const a: string, d: string, text: string, audio: Float32Array, mel: MelSpectrogram;
declare const model: WhisperModel, result: Transcription, segments: ReturnType<WhisperModel["segments"]>;
`;

/** The lines of TypeScript in the right columns of the tables. */
function tableLines(): string[] {
  const cells = [...PAGE.matchAll(/^\|.*\|(.*)\|$/gm)].map(([, cell]) => cell);
  const codes = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code));
  return codes.filter((code) => !/^sotto /.test(code)).map(asStatement);
}

/** Options alone are those of `transcribe`. */
function asStatement(code: string): string {
  if (/^\w+: /.test(code)) return `await model.transcribe(a, { ${code} })`;
  return code.startsWith("{") ? `await model.transcribe(a, ${code})` : code;
}

/** Checks the types of modules; throws what is wrong. */
function check(sources: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), "sotto-page-"));
  try {
    const files = sources.map((source, i) => {
      const file = join(folder, `page${i}.ts`);
      writeFileSync(file, source);
      return file;
    });
    execFileSync(process.execPath, ["check", "--quiet", `--config=${CONFIG}`, ...files], { stdio: "pipe" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the page for people from Python", () => {
  itNeeds(onlyDeno, "has lines and programs whose types are right", () => {
    const lines = tableLines().map((line, i) => `async function line${i}() { ${line} }`);
    const programs = [...PAGE.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, source]) => source);
    assert.ok(lines.length > 20 && programs.length > 1);
    check([CONTEXT + lines.join("\n"), ...programs]);
  });
});
