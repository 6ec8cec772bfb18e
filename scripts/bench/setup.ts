/** Makes what the peers need: their environments, by their own package managers, and our weights in their layouts. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModel } from "../../mod.ts";
import { writeTokenizerFiles } from "./export/tokenizer_files.ts";
import { checkpointPath, PEER_FOLDER, peerEnvironment, peerWeights, runnerPath } from "./systems.ts";

/** Packages of the Python peers, of the versions that the tables name. */
const PYTHON_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "faster-whisper": ["faster-whisper==1.2.1"],
  "openai-whisper": ["openai-whisper==20250625"],
  // The last two are for the exporters.
  "sherpa-onnx": ["sherpa-onnx==2.0.1", "onnx", "onnxruntime"],
};

/** Who exports a peer's weights: a script, and whose environment it runs in. */
const EXPORTERS: Readonly<Record<string, readonly [script: string, environment: string]>> = {
  "faster-whisper": ["export_ctranslate2.py", "faster-whisper"],
  "sherpa-onnx": ["export_sherpa_onnx.py", "sherpa-onnx"],
  "transformers.js": ["export_transformers_js.py", "sherpa-onnx"],
};

const TRANSFORMERS_JS = "@huggingface/transformers@4.3.1";

function execute(program: string, args: readonly string[], cwd?: string): void {
  execFileSync(program, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}

function makePython(peer: string): void {
  const environment = peerEnvironment(peer);
  const ready = join(environment, "ready");
  if (existsSync(ready)) return;
  execute("python3", ["-m", "venv", environment]);
  execute(join(environment, "bin", "pip"), ["install", "--quiet", ...PYTHON_PACKAGES[peer]]);
  writeFileSync(ready, PYTHON_PACKAGES[peer].join("\n"));
}

function makeTransformersJs(): void {
  const environment = peerEnvironment("transformers.js");
  mkdirSync(environment, { recursive: true });
  if (!existsSync(join(environment, "node_modules"))) {
    writeFileSync(join(environment, "package.json"), JSON.stringify({ private: true, type: "module" }));
    // Its script fetches the libraries for CUDA.
    execute("npm", ["install", "--silent", "--ignore-scripts", TRANSFORMERS_JS], environment);
  }
  copyFileSync(runnerPath("run_transformers.mjs"), join(environment, "run_transformers.mjs"));
}

async function exportWeights(peer: string, name: string): Promise<void> {
  const folder = peerWeights(peer, name);
  const ready = join(folder, "ready");
  if (!(peer in EXPORTERS) || existsSync(ready)) return;
  mkdirSync(folder, { recursive: true });
  using model = await loadModel(name, { device: "cpu" });
  await writeTokenizerFiles(folder, model);
  const [script, environment] = EXPORTERS[peer];
  const path = fileURLToPath(new URL(`./export/${script}`, import.meta.url));
  execute(
    join(peerEnvironment(environment), "bin", "python"),
    [path, checkpointPath(name), folder],
    dirname(path),
  );
  writeFileSync(ready, basename(script));
}

/**
 * Makes what is not there yet.
 *
 * @param report Called before each step.
 */
export async function setUpPeers(
  names: readonly string[],
  model: string,
  report: (text: string) => void,
): Promise<void> {
  mkdirSync(PEER_FOLDER, { recursive: true });
  const peers = new Set(names.map((name) => name.replace(/-(bun|deno)$/, "")));
  for (const peer of peers) {
    report(`makes ${peer} in ${peerEnvironment(peer)}`);
    if (peer === "transformers.js") {
      makePython("sherpa-onnx");
      makeTransformersJs();
    } else {
      makePython(peer);
    }
    await exportWeights(peer, model);
  }
}
