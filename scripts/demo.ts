#!/usr/bin/env -S deno run --allow-read --allow-ffi --allow-env --allow-sys
/**
 * Transcribes a recording with the checkpoint of the tests, and prints each segment with its times.
 *
 *     deno task demo [AUDIO [MODEL]]
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadModel } from "../mod.ts";

function fixture(name: string): string {
  return fileURLToPath(new URL(`../tests/fixtures/${name}`, import.meta.url));
}

async function main(audio = fixture("sense.wav"), name = fixture("tiny.en.pt")): Promise<void> {
  using model = await loadModel(name);
  for await (const { start, end, text } of model.segments(audio)) {
    console.log(`[${start.toFixed(2).padStart(7)} → ${end.toFixed(2).padStart(7)}] ${text}`);
  }
}

await main(...process.argv.slice(2));
