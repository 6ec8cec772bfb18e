/** The probes of this machine. Each stands alone: what one cannot find out says nothing of the others. */
import { execFile } from "node:child_process";
import { rm, stat, statfs, writeFile } from "node:fs/promises";
import process from "node:process";
import { loadFfi, openLibrary, type OrtLibrary } from "../../ffi/library.ts";
import { describeProcessor } from "../../ffi/system/processor.ts";
import { isTelemetryOff } from "../../ffi/system/telemetry.ts";
import type { Access, Ffi } from "../../ffi/types.ts";
import { findProgram } from "../audio/ffmpeg/find_program.ts";
import { cacheFolder, listModels } from "../cache.ts";
import { OFFICIAL_BASE_URL } from "../checkpoint/registry.ts";
import { byteProductsOf } from "../model/operator_choice.ts";
import { OPERATORS } from "../model/operator_table.ts";
import { crypto, path, providers } from "../std.ts";
import { cudaObstacle, gpuFacts, providerNames, threadFacts } from "./device_facts.ts";
import type { CacheFacts, Int8Facts, LibraryFacts, Permission, Probes } from "./facts.ts";

/** What the machine is looked at for. */
export interface ExaminationOptions {
  /** The folder of the cache. Default: openai/whisper's. */
  readonly downloadRoot?: string;
  /** The path of ONNX Runtime's shared library. Default: `ORT_DYLIB_PATH`, else the npm package. */
  readonly library?: string;
  /** Whether a random model is loaded and transcribes. */
  readonly selfTest?: boolean;
}

/** Gives the probes of this machine. Requires no permission: what one is denied is what it finds. */
export function probesOf(options: ExaminationOptions): Probes {
  const { downloadRoot } = options;
  const library = once(() => openLibrary({ library: options.library, device: "auto" }));
  return {
    sotto: async () => (await import("../../deno.json", { with: { type: "json" } })).default.version,
    runtime: runtimeFacts,
    permissions: async () =>
      permissionsOf(await loadFfi(), await cacheFolder({ downloadRoot }).catch(() => undefined)),
    std: async () => {
      await Promise.all([path(), crypto()]);
      return { ...providers };
    },
    library: async () => libraryFacts(await library()),
    // Windows' list of features is a row of bits, which says nothing to people.
    processor: async () =>
      describeProcessor(await loadFfi())?.replace(/ [01]{32,}$/, "") ?? "the system does not tell",
    int8: async () => await int8Facts(await library()),
    threads: async () => threadFacts(await loadFfi()),
    gpu: async () => gpuFacts(await loadFfi()),
    cache: () => cacheFacts(downloadRoot),
    ffmpeg: ffmpegVersion,
    ...(options.selfTest && {
      selfTest: async () => {
        const { runSelfTest } = await import("./self_test.ts");
        return await runSelfTest(await library());
      },
    }),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}

function runtimeFacts(): { name: string; version: string; platform: string; arch: string } {
  const { versions, platform, arch } = process;
  const [name, version] = versions.deno !== undefined
    ? ["Deno", versions.deno]
    : versions.bun !== undefined
    ? ["Bun", versions.bun]
    : ["Node.js", versions.node];
  return { name, version, platform, arch };
}

/** What is asked of Deno, narrowed as far as it can be. */
function permissionsOf(ffi: Ffi, cache: string | undefined): Permission[] {
  if (ffi.name !== "deno") return [];
  const home = process.platform === "win32" ? "USERPROFILE" : "HOME";
  const wanted: [access: Access, what: string | undefined, use: string, isNeeded: boolean][] = [
    ["ffi", undefined, "ONNX Runtime is called through it", true],
    ["read", cache, "the checkpoint is read", true],
    ...["ORT_DYLIB_PATH", "XDG_CACHE_HOME", home].map((name) =>
      ["env", name, "it says where things are", true] as [Access, string, string, boolean]
    ),
    ["write", cache, "models are downloaded, and kept prepared", false],
    ["net", new URL(OFFICIAL_BASE_URL).host, "models are downloaded", false],
    ["run", "ffmpeg", "it decodes the rarer formats", false],
  ];
  return wanted.map(([access, what, use, isNeeded]) => ({
    flag: `--allow-${access}`,
    ...(what !== undefined && { what }),
    use,
    isNeeded,
    isGranted: ffi.permits(access, what),
  }));
}

function libraryFacts(library: OrtLibrary): LibraryFacts {
  const { path, version, ffi } = library;
  const obstacle = cudaObstacle(library);
  return {
    path,
    version,
    providers: providerNames(library),
    telemetryOff: isTelemetryOff(ffi),
    ...(obstacle !== undefined && { cudaObstacle: obstacle }),
  };
}

async function int8Facts(library: OrtLibrary): Promise<Int8Facts> {
  const byteProducts = await byteProductsOf(library);
  return { byteProducts, operators: { ...OPERATORS[byteProducts] } };
}

async function cacheFacts(downloadRoot: string | undefined): Promise<CacheFacts> {
  const folder = await cacheFolder({ downloadRoot });
  const models = await listModels({ downloadRoot });
  const seen = new Set<string>();
  const there = models.filter(({ path, state, prepared }) => {
    if (seen.has(path) || (state === "absent" && prepared.length === 0)) return false;
    seen.add(path);
    return true;
  });
  const nearest = await nearestFolder(folder);
  return {
    folder,
    isWritable: await canWrite(nearest),
    freeBytes: await statfs(nearest).then(({ bavail, bsize }) => bavail * bsize, () => undefined),
    models: there.map(({ model, bytes, state, prepared }) => ({
      name: model.name,
      bytes,
      isComplete: state === "complete",
      prepared: prepared.map(({ precision, library, bytes }) => ({ precision, library, bytes })),
    })),
  };
}

/** Tries it with a file, which is taken away: rights alone do not tell of a disk that is read-only. */
async function canWrite(folder: string): Promise<boolean> {
  const trial = `${folder}/.sotto-${globalThis.crypto.randomUUID().slice(0, 13)}`;
  return await writeFile(trial, "", { flag: "wx" }).then(() => rm(trial)).then(() => true, () => false);
}

/** The folder itself, or the one that it would be made in. */
async function nearestFolder(folder: string): Promise<string> {
  const { dirname } = await path();
  for (let at = folder;; at = dirname(at)) {
    if (await stat(at).then(() => true, () => false) || dirname(at) === at) return at;
  }
}

/** Runs the program that would decode. */
async function ffmpegVersion(): Promise<string | null> {
  const program = findProgram("ffmpeg");
  if (program === undefined) return null;
  return await new Promise((resolve, reject) => {
    execFile(program, ["-hide_banner", "-version"], { timeout: 5000 }, (error, stdout) => {
      if ((error as NodeJS.ErrnoException | null)?.code === "ENOENT") resolve(null);
      else if (error !== null) reject(error);
      else resolve(/version (\S+)/.exec(stdout)?.[1] ?? "of an unknown version");
    });
  });
}
