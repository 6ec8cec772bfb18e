#!/usr/bin/env -S deno run --allow-read --allow-write
/**
 * Writes the files of the server's page (`lib/http/page/client/`) into a module, as they stand, and the script and style
 * of the page of a transcription (`lib/writers/report/client/`) into another, as one each: that page is a single file.
 * Text in a module is what every way of loading this library can bring along: see `lib/http/page/page_route.ts`. Run it
 * after a change of theirs; tests say so if it was forgotten.
 *
 *     deno run -A scripts/page/embed.ts
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { bundle } from "./bundle.ts";

const ROOT = new URL("../../", import.meta.url);
const CLIENT = "lib/http/page/client/";
const REPORT = "lib/writers/report/client/";

/** The style of a transcription's page, what it shares with the server's first. */
const REPORT_STYLES = [
  `${CLIENT}style/theme.css`,
  `${CLIENT}style/player.css`,
  `${CLIENT}style/segments.css`,
  `${REPORT}report.css`,
];

/** Reads a file of the clone. What git makes of ends of lines on Windows is not the page's business. */
function read(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8").replaceAll("\r\n", "\n");
}

/** Reads the files of the server's page by their names, in order. */
export function readClient(): Record<string, string> {
  const names = readdirSync(new URL(CLIENT, ROOT), { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /\.(html|css|js)$/.test(name))
    .sort();
  return Object.fromEntries(names.map((name) => [name, read(CLIENT + name)]));
}

/** Makes the script and the style of a transcription's page, with their hashes as a content security policy has them. */
export function makeReportPage(): Record<"script" | "scriptHash" | "style" | "styleHash", string> {
  const script = bundle(`${REPORT}main.js`, read);
  const style = REPORT_STYLES.map(read).join("\n").replaceAll(/^\/\*[^]*?\*\/\n+/gm, "");
  return { script, scriptHash: hashOf(script), style, styleHash: hashOf(style) };
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function literal(text: string): string {
  return `\`${text.replaceAll(/[\\`]|\$\{/g, (sign) => `\\${sign}`)}\``;
}

function record(texts: Readonly<Record<string, string>>): string {
  return `{\n${Object.entries(texts).map(([name, text]) => `  "${name}": ${literal(text)},\n`).join("")}}`;
}

function main(): void {
  const files = readClient();
  writeFileSync(
    new URL(`${CLIENT}../client_files.ts`, ROOT),
    `/** The files of the page, by their names: \`client/\`, written here by \`scripts/page/embed.ts\`. */

// deno-fmt-ignore
export const CLIENT_FILES: Readonly<Record<string, string>> = ${record(files)};
`,
  );
  const report = makeReportPage();
  writeFileSync(
    new URL(`${REPORT}../page_files.ts`, ROOT),
    `/** The script and the style of the page, and their hashes: \`client/\`, written here by \`scripts/page/embed.ts\`. */

// deno-fmt-ignore
export const PAGE: Readonly<Record<"script" | "scriptHash" | "style" | "styleHash", string>> = ${
      record(report)
    };
`,
  );
  const size = (texts: Record<string, string>) =>
    Object.values(texts).reduce((sum, { length }) => sum + length, 0);
  process.stdout.write(`${size(files)} and ${size(report)} characters\n`);
}

if (import.meta.main) main();
