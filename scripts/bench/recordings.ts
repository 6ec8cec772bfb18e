/** The recordings of the benchmark, each with what is said in it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PEER_FOLDER } from "./systems.ts";

/** A WAV file, 16 kHz, mono, 16 bits, and its text. */
export interface Recording {
  readonly path: string;
  readonly seconds: number;
  readonly text: string;
}

const CLIP_TEXT = "And so my fellow Americans, ask not what your country can do for you, " +
  "ask what you can do for your country.";

const SENSE_TEXT =
  "And Mister John Dashwood had then leisure to consider how much there might be prudently in his " +
  "power to do for them. He was not an ill disposed young man, unless to be rather cold hearted and rather selfish is " +
  "to be ill disposed. Had he married a more amiable woman, he might have been made still more respectable than he " +
  "was. He might even have been made amiable himself.";

const HEADER = 44;
const BYTES_PER_SECOND = 32000;

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/**
 * A recording from a file and the file of its text.
 *
 * @throws when one of them cannot be read.
 */
export function openRecording(path: string, textPath: string): Recording {
  return { path, seconds: secondsOf(path), text: readFileSync(textPath, "utf8") };
}

/** The 11 s clip: the developers' if it is there, else the sentences of the tests (27 s). */
export function clip(): Recording {
  const jfk = here("../../../shared/audio/jfk-16k.wav");
  if (existsSync(jfk)) return { path: jfk, seconds: secondsOf(jfk), text: CLIP_TEXT };
  const sense = here("../../tests/fixtures/sense.wav");
  return { path: sense, seconds: secondsOf(sense), text: SENSE_TEXT };
}

/**
 * A recording of about `seconds` that never repeats, spoken by `make_spoken.py` and kept. The same seed gives the same
 * recording.
 *
 * @throws when flite or fortunes are missing; the message says how to get them.
 */
export function spokenRecording(seconds: number): Recording {
  const folder = join(PEER_FOLDER, "recordings");
  const path = join(folder, `spoken-${seconds}.wav`);
  const text = join(folder, `spoken-${seconds}.txt`);
  if (!existsSync(text)) {
    mkdirSync(folder, { recursive: true });
    execFileSync("python3", [here("./make_spoken.py"), path, String(seconds)], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return openRecording(path, text);
}

function secondsOf(path: string): number {
  return (readFileSync(path).length - HEADER) / BYTES_PER_SECOND;
}
