#!/usr/bin/env -S deno run --allow-read --allow-write --allow-run=espeak-ng
/**
 * Writes what `make_reference.py --cases` needs to compute the references of the parity tests: the micro
 * checkpoints, the sounds as WAV files, and the list of cases.
 *
 *     deno run -A scripts/reference/make_reference_inputs.ts DIR
 *     python scripts/reference/make_reference.py --cases DIR/cases.json --out tests/fixtures
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import {
  MICRO_LAYOUTS,
  microCheckpoint,
  type MicroLayoutName,
} from "../../tests/lib/model/micro_checkpoint.ts";
import { PARITY_SOUNDS, type ParitySound, parityWav } from "../../tests/parity_audio.ts";
import { MICRO_CASES, PARITY_CASES } from "../../tests/parity_cases.ts";
import { snakeCase } from "../../tests/snake_case.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new TypeError("Cannot write the inputs: name a directory for them");
mkdirSync(directory, { recursive: true });

function wavPath(sound: ParitySound): string {
  return join(directory, `${sound}.wav`);
}

function checkpointPath(layout: MicroLayoutName): string {
  return join(directory, `${layout}.pt`);
}

for (const sound of PARITY_SOUNDS) writeFileSync(wavPath(sound), parityWav(sound));
for (const [name, layout] of Object.entries(MICRO_LAYOUTS)) {
  writeFileSync(checkpointPath(name as MicroLayoutName), microCheckpoint(layout));
}
const cases = [
  ...MICRO_CASES.map((micro) => ({ ...micro, model: checkpointPath(micro.layout), audio: wavPath("sense") })),
  ...PARITY_CASES.map((parity) => ({ ...parity, audio: wavPath(parity.sound) })),
];
const withOptions = cases.map(({ options: { strictParity: _, ...options }, ...each }) => ({
  ...each,
  options: snakeCase(options),
}));
writeFileSync(join(directory, "cases.json"), JSON.stringify(withOptions, null, 1) + "\n");
