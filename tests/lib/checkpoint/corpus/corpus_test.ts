import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";
import { CheckpointFormatError } from "../../../../lib/errors.ts";
import { type OpenCheckpoint, openCheckpoint } from "../../../../lib/checkpoint/open_checkpoint.ts";
import { tensorShapes } from "../../../../lib/checkpoint/format/state_dict.ts";
import { readTensorValues } from "../../../../lib/checkpoint/tensor_values.ts";
import type { Checkpoint } from "../../../../lib/checkpoint/types.ts";
import { describe, it, itNeeds, shared } from "../../../harness.ts";
import { KIND_CASES } from "./kind_cases.ts";
import { LEGACY_CASES } from "./legacy_cases.ts";
import { DIMS, valuesOf } from "./model.ts";
import { PICKLE_CASES } from "./pickle_cases.ts";
import { type Case, memoryReader, readSafetensorsBytes, readTorchBytes } from "./read.ts";
import { RECORD_CASES } from "./record_cases.ts";
import { SAFETENSORS_CASES } from "./safetensors_cases.ts";
import { STATE_CASES } from "./state_cases.ts";
import { TRAINER_CASES } from "./trainer_cases.ts";
import { ZIP_CASES } from "./zip_cases.ts";

/** Far more than any file here takes, a hostile one included. */
const MAX_MILLISECONDS = 1000;
const MAX_BYTES = 256 * 2 ** 20;

/** Processor time, which does not pass while a busy machine does something else. */
function milliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function declareCases(
  group: string,
  reader: string,
  cases: readonly Case[],
  readBytes: (bytes: Uint8Array<ArrayBuffer>) => Promise<Checkpoint>,
): void {
  describe(group, () => {
    for (const { what, bytes, error } of cases) {
      if (error === undefined) {
        it(`${reader} reads ${what}`, async () => {
          const file = bytes();
          const checkpoint = await readBytes(file);
          assert.deepEqual(checkpoint.dims, DIMS);
          assert.deepEqual([...checkpoint.tensors.keys()].sort(), [...tensorShapes(DIMS).keys()].sort());
          for (const [name, entry] of checkpoint.tensors) {
            assert.deepEqual(
              await readTensorValues(entry, memoryReader(file)),
              valuesOf(name, entry.shape),
              name,
            );
          }
        });
      } else {
        it(`${reader} refuses ${what}`, async () => {
          const file = bytes();
          const start = milliseconds();
          await assert.rejects(readBytes(file), (fault) => {
            assert.ok(fault instanceof CheckpointFormatError, String(fault));
            assert.match(fault.message, error);
            return true;
          });
          assert.ok(milliseconds() - start < MAX_MILLISECONDS);
        });
      }
    }
  });
}

declareCases("the zip of a checkpoint", "readTorchCheckpoint()", ZIP_CASES, readTorchBytes);
declareCases("the records of a checkpoint", "readTorchCheckpoint()", RECORD_CASES, readTorchBytes);
declareCases("files of another kind", "readTorchCheckpoint()", KIND_CASES, readTorchBytes);
declareCases("the pickle of a checkpoint", "readTorchCheckpoint()", PICKLE_CASES, readTorchBytes);
declareCases("the state dict of a checkpoint", "readTorchCheckpoint()", STATE_CASES, readTorchBytes);
declareCases("files before PyTorch 1.6", "readTorchCheckpoint()", LEGACY_CASES, readTorchBytes);
declareCases("what trainers leave", "readTorchCheckpoint()", TRAINER_CASES, readTorchBytes);
declareCases("safetensors files", "readSafetensors()", SAFETENSORS_CASES, readSafetensorsBytes);

/** Files that the manifest of the corpus refuses, and that people have all the same: they are read. */
const READ_SINCE = new Set(["zip-not-zip-legacy.pt", "checkpoint-names-module.pt"]);

interface ManifestRow {
  readonly file: string;
  readonly expect: "ok" | "error";
  readonly why: string;
  readonly values_sha256?: string;
}

/** SHA-256 over names and values, as the corpus's manifest defines it. */
async function hashValues({ checkpoint, files }: OpenCheckpoint): Promise<string> {
  const hash = createHash("sha256");
  for (const name of [...checkpoint.tensors.keys()].sort()) {
    const entry = checkpoint.tensors.get(name)!;
    const values = await readTensorValues(entry, files[entry.file].read);
    const bits = new Uint32Array(values.buffer);
    values.forEach((value, i) => Number.isNaN(value) && (bits[i] = 0x7fc00000));
    hash.update(`${name}\n`).update(bits);
  }
  return hash.digest("hex");
}

describe("the shared corpus", () => {
  const { path, missing } = shared("corpus");
  const rows: ManifestRow[] = missing ? [] : JSON.parse(readFileSync(`${path}/manifest.json`, "utf8"));

  itNeeds(missing, "openCheckpoint() gives every file of the corpus what its manifest says", async () => {
    assert.ok(rows.length > 300);
    const memory = process.memoryUsage().rss;
    for (const { file, expect, why, values_sha256 } of rows) {
      const start = milliseconds();
      const outcome = await openCheckpoint(`${path}/files/${file}`).catch((error: unknown) => error);
      assert.ok(milliseconds() - start < MAX_MILLISECONDS, file);
      if (expect === "error" && !READ_SINCE.has(file)) {
        assert.ok(outcome instanceof CheckpointFormatError, `${file} (${why}): ${outcome}`);
        assert.ok(outcome.message.includes(file) && outcome.message.length < 500, outcome.message);
        continue;
      }
      assert.ok(!(outcome instanceof Error), `${file} (${why}): ${outcome}`);
      await using opened = outcome as OpenCheckpoint;
      const hash = await hashValues(opened);
      if (values_sha256 !== undefined) assert.equal(hash, values_sha256, file);
    }
    assert.ok(process.memoryUsage().rss - memory < MAX_BYTES);
  });
});
