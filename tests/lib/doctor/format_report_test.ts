import assert from "node:assert/strict";
import { formatReport } from "../../../lib/doctor/format_report.ts";
import { describe, it } from "../../harness.ts";
import { WELL } from "./machine.ts";

describe("formatReport()", () => {
  it("is laid out in sections with a column of labels", () => {
    assert.equal(
      formatReport(WELL, [], 80),
      `Sotto 0.1.0
  Runtime       Deno 2.9.6, linux x64
  Permissions   all that are used
  @std          path from JSR, crypto built into the runtime

ONNX Runtime
  Library       /lib/ort.so
  Version       1.30.0
  Providers     CUDA, CPU
  Telemetry     off
  GPU           GPU 0, 8 GB; the driver knows CUDA 12.4

Processor
  Instructions  x64 avx2 fma
  int8          products of bytes are saturating: encoder int7-rows
  Cores         8; a model takes 4 threads

Cache
  Folder        /home/me/.cache/whisper, 50.0 GB free
  Models        base (145 MB; prepared in int8 for 1.30.0, 181 MB)

Audio
  ffmpeg        7.1

Self-test
  Random model  right: loaded and transcribed in 1.2 s

Nothing is wrong.
`,
    );
  });

  it("says of what could not be found out why, and goes on", () => {
    const failure = "the system does not tell";
    const text = formatReport({ ...WELL, library: { failure }, cache: { failure }, gpu: { failure } }, []);
    assert.match(text, /Library {7}none, for the reason below/);
    assert.match(text, /Folder {8}unknown: the system does not tell/);
    assert.match(text, /Cores {9}8/);
  });

  it("lists problems before notes, each with what helps on a line of its own", () => {
    const text = formatReport(WELL, [
      { level: "problem", what: "The library is missing", fix: "Install it" },
      { level: "note", what: "There is no ffmpeg", fix: "Install ffmpeg" },
    ]);
    assert.ok(text.endsWith(
      `Problems
  - The library is missing
    → Install it

Notes
  - There is no ffmpeg
    → Install ffmpeg
`,
    ));
  });

  it("breaks lines between words", () => {
    const text = formatReport(WELL, [{ level: "note", what: "word ".repeat(40).trim(), fix: "x" }], 60);
    assert.ok(text.split("\n").every((line) => line.length <= 60));
    assert.match(text, /^ {4}word word/m);
  });
});
