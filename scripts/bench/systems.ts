/** The systems that are compared: how each is started, what it needs, and where its weights lie. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { RunnerCommand } from "./spawn_runner.ts";

/** A system that takes jobs. */
export interface System {
  readonly name: string;
  readonly ours: boolean;
  readonly command: RunnerCommand;
  /** The model as its runner takes it. */
  readonly model: string;
  /** Why it cannot run here. */
  readonly missing?: string;
}

const CACHE = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");

/** Where the environments and the weights of the peers are kept. */
export const PEER_FOLDER = join(CACHE, "sotto-bench");

/** The file of a checkpoint: the path that was given, or where an official one is kept, by openai/whisper too. */
export function checkpointPath(model: string): string {
  return existsSync(model) ? model : join(CACHE, "whisper", `${model}.pt`);
}

/** The names that `--peers` takes. */
export const PEER_NAMES = [
  "faster-whisper",
  "openai-whisper",
  "sherpa-onnx",
  "transformers.js-bun",
  "transformers.js-deno",
] as const;

/** The program of a peer's virtual environment, or the folder of its packages. */
export function peerEnvironment(peer: string): string {
  return join(PEER_FOLDER, peer.replace(/-(bun|deno)$/, ""));
}

/** Where a peer's own layout of a model lies. */
export function peerWeights(peer: string, model: string): string {
  return join(peerEnvironment(peer), "models", basename(model, ".pt"));
}

/** The file of a runner. */
export function runnerPath(name: string): string {
  return fileURLToPath(new URL(`./runners/${name}`, import.meta.url));
}

/** How a script runs in a runtime; the one that runs this is taken as it is, the other from the path. */
export function runtimeCommand(
  runtime: string,
  script: string,
  flags: readonly string[] = [],
): RunnerCommand {
  const current = "Deno" in globalThis ? "deno" : "bun";
  return {
    program: runtime === current ? process.execPath : runtime,
    arguments: runtime === "deno" ? ["run", "-A", "--quiet", ...flags, script] : [script],
  };
}

/** This library on a runtime. */
export function ourSystem(runtime: string, model: string): System {
  const name = runtime === "deno" ? "Sotto on Deno" : "Sotto on Bun";
  return { name, ours: true, command: runtimeCommand(runtime, runnerPath("run_sotto.ts")), model };
}

/** A peer, ready or with what is missing. */
export function peerSystem(peer: string, model: string): System {
  const environment = peerEnvironment(peer);
  const weights = peerWeights(peer, model);
  const python = (runner: string) => ({
    program: join(environment, "bin", "python"),
    arguments: [runnerPath(runner)],
  });
  const needs = (...paths: string[]) =>
    paths.every(existsSync) ? undefined : `not there: deno task bench --setup --peers ${peer} makes it`;
  switch (peer) {
    case "faster-whisper":
      return {
        name: peer,
        ours: false,
        command: python("run_faster_whisper.py"),
        model: weights,
        missing: needs(environment, join(weights, "model.bin")),
      };
    case "openai-whisper":
      return {
        name: peer,
        ours: false,
        command: python("run_openai_whisper.py"),
        model,
        missing: needs(environment),
      };
    case "sherpa-onnx":
      return {
        name: peer,
        ours: false,
        command: python("run_sherpa_onnx.py"),
        model: weights,
        missing: needs(environment, join(weights, "decoder.onnx")),
      };
    default: {
      const runtime = peer.endsWith("-bun") ? "bun" : "deno";
      const runner = join(environment, "run_transformers.mjs");
      const command = runtimeCommand(runtime, runner, ["--no-config", "--node-modules-dir=manual"]);
      return {
        name: `transformers.js on ${runtime === "bun" ? "Bun" : "Deno"}`,
        ours: false,
        command: { ...command, folder: environment },
        model: weights,
        missing: needs(runner, join(weights, "onnx", "encoder_model.onnx")),
      };
    }
  }
}
