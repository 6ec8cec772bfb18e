#!/usr/bin/env -S deno run -A
/**
 * Packs what `deno task test:gpu` needs for a machine with a device that has no network and takes little at a time: the
 * runtimes, ONNX Runtime with CUDA from PyPI, the embedded checkpoint, and a script that runs the test. NVIDIA's toolkit
 * and driver are the machine's own.
 *
 *     deno run -A scripts/pack_gpu_test.ts [--folder .gpu] [--piece MB] [--only deno]
 *
 * There, once all pieces lie in one folder beside a clone (the checkpoint may be left out of it):
 *
 *     cat pieces/piece-* | tar -xz -C pieces && sh pieces/gpu_test.sh
 *
 * `VIRTUAL_ENV` names the Python environment that has NVIDIA's libraries, where the system does not find them. Needs Linux
 * on x64, Python's pip, unzip, tar and split.
 */
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { unpackNpm } from "./platforms/npm_packages.ts";
import { BUN_PACKAGES } from "./platforms/runtimes.ts";
import { run, say } from "./platforms/steps.ts";
import { CLONE } from "./platforms/working_copy.ts";

const CHECKPOINT = "tests/fixtures/tiny.en.pt";

/** Which Python the wheel is for: its libraries are the same. */
const PYTHON = "3.12";

/** The libraries that CUDA takes. */
const LIBRARIES = [
  "libonnxruntime.so.*",
  "libonnxruntime_providers_cuda.so",
  "libonnxruntime_providers_shared.so",
];

/** Runs the test in the clone that it is started in, with packages that are there: there is nobody to ask for others. */
const SCRIPT = `set -e
here=$(cd "$(dirname "$0")" && pwd)
[ -e ${CHECKPOINT} ] || cp "$here/tiny.en.pt" ${CHECKPOINT}
export PATH="$here/bin:$PATH" ORT_DYLIB_PATH="$(ls "$here"/capi/libonnxruntime.so.*)"
export DENO_DIR="$here/deno_dir"
deno test --allow-all --cached-only --no-check tests/gpu/gpu_test.ts
[ -e "$here/bin/bun" ] || exit 0
mkdir -p node_modules
cp -R "$here"/node_modules/* node_modules
bun test --timeout 600000 ./tests/gpu/gpu_test.ts
`;

/** Fetches the packages that both runtimes import to transcribe. */
function unpackPackages(staging: string, npm: string): void {
  const env = { ...process.env, DENO_DIR: join(staging, "deno_dir") };
  for (const spec of BUN_PACKAGES) {
    run([process.execPath, "cache", "--quiet", `npm:${spec}`], { env });
    cpSync(unpackNpm(npm, spec), join(staging, "node_modules", spec.split("@")[0]), { recursive: true });
  }
}

/** Fetches the libraries, and gives their folder. */
function unpackLibraries(folder: string): string {
  const python = ["--no-deps", "--only-binary=:all:", `--python-version=${PYTHON}`];
  run(["python3", "-m", "pip", "download", "--quiet", ...python, `--dest=${folder}`, "onnxruntime-gpu"]);
  const wheel = readdirSync(folder).find((file) => file.endsWith(".whl"))!;
  run([
    "unzip",
    "-q",
    join(folder, wheel),
    ...LIBRARIES.map((name) => `onnxruntime/capi/${name}`),
    "-d",
    folder,
  ]);
  return join(folder, "onnxruntime");
}

function main(): void {
  const { values } = parseArgs({
    options: {
      folder: { type: "string", default: join(CLONE, ".gpu") },
      piece: { type: "string", default: "52" },
      only: { type: "string" },
    },
  });
  const folder = resolve(values.folder), staging = join(folder, "staging");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(staging, "bin"), { recursive: true });
  for (const name of ["deno", "bun"].filter((name) => values.only === undefined || values.only === name)) {
    say(`Taking ${name}`);
    copyFileSync(realpathSync(run(["which", name]).trim()), join(staging, "bin", name));
  }
  copyFileSync(join(CLONE, CHECKPOINT), join(staging, "tiny.en.pt"));
  writeFileSync(join(staging, "gpu_test.sh"), SCRIPT);
  unpackPackages(staging, join(folder, "npm"));
  say("Fetching ONNX Runtime with CUDA");
  const libraries = unpackLibraries(join(folder, "wheel"));
  say("Packing");
  const from = ["-C", staging, ...readdirSync(staging), "-C", libraries, "capi"];
  const split = `tar -cz "$@" | split -b ${values.piece}M -d - "${join(folder, "piece-")}"`;
  run(["bash", "-c", `set -o pipefail; ${split}`, "bash", ...from]);
  for (const name of [staging, ...["npm", "wheel"].map((name) => join(folder, name))]) {
    rmSync(name, { recursive: true });
  }
  for (const name of readdirSync(folder).sort()) {
    say(`${join(folder, name)}: ${Math.round(statSync(join(folder, name)).size / 1e6)} MB`);
  }
}

main();
