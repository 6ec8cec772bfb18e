/** What is wrong with a machine, and the one line that mends it: told by facts alone. */
import type { CacheFacts, Fact, Facts, GpuFacts, LibraryFacts, Permission } from "./facts.ts";

/** Something that is not as it should be. */
export interface Fault {
  /** A `"problem"` keeps models from running as asked; a `"note"` is good to know. */
  readonly level: "problem" | "note";
  readonly what: string;
  /** What to do, in one line. */
  readonly fix: string;
}

/** Bytes that the largest model takes, and a little. */
const ROOM = 4e9;

/** Finds what is wrong. What is worst comes first. */
export function findFaults(facts: Facts): Fault[] {
  const faults = [
    ...valueOf(facts.permissions)?.filter(({ isGranted }) => !isGranted).map(ofPermission) ?? [],
    ...ofLibrary(facts.library),
    ...ofSelfTest(facts.selfTest),
    ...ofCache(facts.cache),
    ...ofGpu(facts.gpu, valueOf(facts.library)),
    ...ofFfmpeg(facts.ffmpeg),
  ];
  return [...faults.filter(isProblem), ...faults.filter((fault) => !isProblem(fault))];
}

/** Whether something is worse than good to know. */
export function isProblem({ level }: Fault): boolean {
  return level === "problem";
}

function valueOf<T>(fact: Fact<T> | undefined): T | undefined {
  return fact !== undefined && "value" in fact ? fact.value : undefined;
}

function failureOf(fact: Fact<unknown> | undefined): string | undefined {
  return fact !== undefined && "failure" in fact ? fact.failure : undefined;
}

function ofPermission({ flag, what, use, isNeeded }: Permission): Fault {
  const narrow = what === undefined ? flag : `${flag}=${what}`;
  return {
    level: isNeeded ? "problem" : "note",
    what: `The permission ${narrow} is missing: ${use}`,
    fix: `Run Deno with ${narrow}, or with -A`,
  };
}

function ofLibrary(library: Facts["library"]): Fault[] {
  const failure = failureOf(library);
  if (failure === undefined) {
    return valueOf(library)!.telemetryOff ? [] : [{
      level: "note",
      what: "ONNX Runtime's telemetry is on, as ORT_DISABLE_TELEMETRY says",
      fix: "Unset ORT_DISABLE_TELEMETRY: it is switched off then",
    }];
  }
  if (isDenial(failure)) return [];
  const [what, advice] = splitAdvice(
    failure,
    "Install the npm package onnxruntime-node, or name a library in ORT_DYLIB_PATH",
  );
  return [{ level: "problem", what, fix: advice }];
}

/** Whether a permission is missing, which is told by its flag already. */
function isDenial(failure: string): boolean {
  return /the permission --allow-\w+ is missing/.test(failure);
}

/** A message of ours ends with what to do, after its only full stop; where it has none, `usual` helps. */
function splitAdvice(message: string, usual: string): [what: string, advice: string] {
  const at = message.lastIndexOf(". ");
  return at < 0 ? [message, usual] : [message.slice(0, at), message.slice(at + 2)];
}

function ofSelfTest(selfTest: Facts["selfTest"]): Fault[] {
  const failure = failureOf(selfTest);
  if (failure !== undefined) {
    return isDenial(failure) ? [] : [{
      level: "problem",
      what: `The self-test failed: ${failure}`,
      fix: "Mend what is named above first; else report it with what sotto doctor --test --json prints",
    }];
  }
  const found = valueOf(selfTest);
  if (found === undefined || found.isRight) return [];
  return [{
    level: "problem",
    what: `The self-test gave other tokens than it should: ${found.tokens.join(" ")}`,
    fix: "Try another version of ONNX Runtime in ORT_DYLIB_PATH, and report it with what --json prints",
  }];
}

function ofCache(cache: Facts["cache"]): Fault[] {
  const failure = failureOf(cache);
  if (failure !== undefined) {
    return isDenial(failure) ? [] : [{
      level: "problem",
      what: `The cache cannot be looked at: ${failure}`,
      fix: "Name another folder with --model_dir, or in XDG_CACHE_HOME",
    }];
  }
  const { folder, isWritable, freeBytes, models } = valueOf(cache) as CacheFacts;
  const faults: Fault[] = [];
  if (!isWritable) {
    faults.push({
      level: models.some(({ isComplete }) => isComplete) ? "note" : "problem",
      what: `The cache ${folder} cannot be written: no model can be downloaded or kept prepared`,
      fix: "Change its permissions, or name another folder with --model_dir or in XDG_CACHE_HOME",
    });
  }
  if (freeBytes !== undefined && freeBytes < ROOM) {
    faults.push({
      level: "note",
      what: `The disk of ${folder} has ${(freeBytes / 1e9).toFixed(1)} GB free; the largest model takes 3.1`,
      fix: "Free some space (sotto remove NAME), or name a folder of another disk with --model_dir",
    });
  }
  for (const { name, isComplete } of models) {
    if (isComplete) continue;
    faults.push({
      level: "note",
      what: `The download of ${name} is not complete`,
      fix: `Run sotto download ${name}, which goes on with it, or sotto remove ${name}`,
    });
  }
  return faults;
}

function ofGpu(gpu: Facts["gpu"], library: LibraryFacts | undefined): Fault[] {
  const found = valueOf(gpu) as GpuFacts | undefined;
  if (found === undefined || !found.hasDriver) return [];
  if (!found.isReady) {
    return [{
      level: "note",
      what: `The graphics processor cannot be used, models run on the CPU: ${
        found.reason ?? "no reason is known"
      }`,
      fix: "Look what nvidia-smi says; models run on the CPU meanwhile",
    }];
  }
  if (library?.cudaObstacle === undefined) return [];
  const [what, advice] = splitAdvice(
    library.cudaObstacle,
    "Install the CUDA build: pip install onnxruntime-gpu, and name its library in ORT_DYLIB_PATH",
  );
  return [{
    level: "note",
    what: `Models run on the CPU, for ONNX Runtime cannot use the device: ${what}`,
    fix: advice,
  }];
}

function ofFfmpeg(ffmpeg: Facts["ffmpeg"]): Fault[] {
  if (valueOf(ffmpeg) !== null) return [];
  return [{
    level: "note",
    what: "There is no ffmpeg: HE-AAC, wma, amr, ac3 and rarer formats cannot be heard",
    fix:
      "Install ffmpeg if you have such recordings (apt install ffmpeg, brew install ffmpeg, winget install ffmpeg)",
  }];
}
