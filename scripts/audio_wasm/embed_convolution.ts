/**
 * Assembles `convolution.wat` with the npm package `wabt` and writes the file as a TypeScript module:
 *
 *     deno run -A scripts/audio_wasm/embed_convolution.ts
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { npxCommand } from "../platforms/npx_command.ts";

const folder = mkdtempSync(join(tmpdir(), "convolution-"));
try {
  const [source, target] = ["./convolution.wat", "../../lib/audio/wasm/convolution.ts"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const built = join(folder, "convolution.wasm");
  const [npx, ...args] = npxCommand(["--yes", "--package=wabt@1.0.39", "wat2wasm", source, "-o", built]);
  execFileSync(npx, args);
  const bytes = readFileSync(built);
  writeFileSync(
    target,
    `/**
 * The inner loop of resampling: a WebAssembly file of ${bytes.length} bytes, in base64. Made from
 * \`scripts/audio_wasm/convolution.wat\` by \`embed_convolution.ts\` beside it.
 */

// deno-fmt-ignore
export const CONVOLUTION_BASE64 = "${bytes.toString("base64")}";
`,
  );
  process.stdout.write(`${bytes.length} bytes\n`);
} finally {
  rmSync(folder, { recursive: true });
}
