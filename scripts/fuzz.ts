#!/usr/bin/env -S deno run -A
/**
 * Throws damaged files at the parsers of untrusted bytes, and checks that each is read or refused in time, in
 * little memory, and by the one class of error that the parser promises:
 *
 *     scripts/fuzz.ts [--cases 200000] [--seed 1] [--parser NAME] [--case N] [--file RECORDING …]
 *
 * A case is a right file with fields, opcodes or tokens changed, which gets it past the first check; it is a
 * function of the seed and its number. `--case` runs one alone and prints what became of it, `--file` damages recordings
 * of one's own, as long as they may be. Prints a line a parser, and exits with 1 after a finding.
 *
 * The parsers: zip, pickle, legacy, trainer, safetensors, json, and of recordings wav, adpcm, mp3, flac, ogg, opus, mp4,
 * matroska, aiff, caf, aac.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { containerTargets, recordingTarget } from "./fuzz/audio.ts";
import { checkpointTargets, type Target } from "./fuzz/checkpoints.ts";
import { Random } from "./fuzz/mutations.ts";

/** A case of a few kilobytes; targets of longer files have their own. */
const MAX_MILLISECONDS = 1000;
const MAX_BYTES = 256 * 2 ** 20;

type Bytes = Uint8Array<ArrayBuffer>;

/** What became of a case. */
interface Outcome {
  /** What is wrong with that, if something is. */
  readonly fault?: unknown;
  readonly refused: boolean;
  readonly ms: number;
}

async function judge(target: Target, bytes: Bytes): Promise<Outcome> {
  const start = process.cpuUsage();
  try {
    await target.run(bytes);
    return { refused: false, ms: millisecondsSince(start) };
  } catch (error) {
    const refused = error instanceof target.refusal;
    return { fault: refused ? undefined : error, refused, ms: millisecondsSince(start) };
  }
}

/** Of processor time: a busy machine is not the parser's fault. */
function millisecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Runs a case. One that is slow runs again: a collection of garbage may have been its, but a hang repeats itself. */
async function runCase(target: Target, bytes: Bytes): Promise<Outcome> {
  const { maxMilliseconds = MAX_MILLISECONDS } = target;
  let outcome = await judge(target, bytes);
  if (outcome.ms > maxMilliseconds) outcome = await judge(target, bytes);
  const isSlow = outcome.fault === undefined && outcome.ms > maxMilliseconds;
  return isSlow ? { ...outcome, fault: new Error(`took ${outcome.ms.toFixed()} ms`) } : outcome;
}

/** Runs all cases of a parser and prints a line. */
async function fuzz(target: Target, cases: number, seed: number): Promise<number> {
  const before = process.memoryUsage().rss;
  let [findings, refused, slowest, peak] = [0, 0, 0, before];
  for (let number = 0; number < cases; number++) {
    const outcome = await runCase(target, target.make(new Random(seed, number)));
    if (outcome.refused) refused++;
    slowest = Math.max(slowest, outcome.ms);
    if (outcome.ms > 20 || number % 256 === 0) peak = Math.max(peak, process.memoryUsage().rss);
    if (outcome.fault === undefined) continue;
    findings++;
    console.log(`${target.name} case ${number} of seed ${seed}: ${outcome.fault}`);
  }
  const megabytes = Math.round((peak - before) / 2 ** 20);
  console.log(
    `${target.name}: ${cases} cases, ${
      cases - refused - findings
    } read, ${refused} refused, ${findings} findings, ` +
      `slowest ${slowest.toFixed(1)} ms, ${megabytes} MB more at the peak`,
  );
  return peak - before > MAX_BYTES ? findings + 1 : findings;
}

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "200000" },
    seed: { type: "string", default: "1" },
    parser: { type: "string" },
    case: { type: "string" },
    file: { type: "string", multiple: true, default: [] },
  },
});
const targets = values.file.length > 0
  ? values.file.map((path) => recordingTarget(path))
  : [...await checkpointTargets(), ...containerTargets()];
let findings = 0;
for (const target of targets.filter(({ name }) => values.parser === undefined || name === values.parser)) {
  if (values.case === undefined) {
    findings += await fuzz(target, Number(values.cases), Number(values.seed));
  } else {
    const bytes = target.make(new Random(Number(values.seed), Number(values.case)));
    console.log(target.name, bytes.length, "bytes", await runCase(target, bytes));
  }
}
process.exitCode = findings > 0 ? 1 : 0;
