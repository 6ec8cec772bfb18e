/**
 * Writes the built WebAssembly file as a TypeScript module: `embed.ts FILE`. Run by `build.sh`.
 *
 * Text in a module is what every way of loading this library can bring along: JSR, an address, a clone, a bundle, a
 * compiled program, on both runtimes and without a permission. `import … with { type: "bytes" }` and `.wasm` imports
 * are known to one runtime each, or change their meaning between them, and a fetched file needs `--allow-net`.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { deflateRawSync } from "node:zlib";

const bytes = readFileSync(process.argv[2]);
const text = deflateRawSync(bytes, { level: 9 }).toString("base64");
const digest = createHash("sha256").update(bytes).digest("hex");

writeFileSync(
  new URL("../../lib/audio/wasm/decoders.ts", import.meta.url),
  `/**
 * The decoders of compressed audio: a WebAssembly file of ${bytes.length} bytes, deflated, in base64. Made from
 * \`scripts/audio_wasm\` by its \`build.sh\`.
 *
 * In it: Symphonia (Mozilla Public License 2.0, the sources are the published ones of the versions in
 * \`scripts/audio_wasm/Cargo.lock\`, but for a line that \`build.sh\` changes), nanomp3 (MIT, copyright Robert B.
 * Langer, after minimp3, public domain) and unsafe-libopus, which is libopus (BSD, copyright 2001-2011 Xiph.Org, Skype
 * Limited, Octasic, Jean-Marc Valin, Timothy B. Terriberry, CSIRO, Gregory Maxwell, Mark Borgerding, Erik de Castro
 * Lopo).
 */

/** The SHA-256 of the WebAssembly file. */
export const DECODERS_SHA256 = "${digest}";

// deno-fmt-ignore
export const DECODERS_BASE64 = "${text}";
`,
);
process.stdout.write(`${bytes.length} bytes, ${text.length} as text, SHA-256 ${digest}\n`);
