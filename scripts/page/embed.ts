#!/usr/bin/env -S deno run --allow-read --allow-write
/**
 * Writes the files of the server's page (`lib/http/page/client/`) into a module, as they stand. Text in a module is what
 * every way of loading this library can bring along: see `lib/http/page/page_route.ts`. Run it after a change of theirs;
 * a test says so if it was forgotten.
 *
 *     deno run -A scripts/page/embed.ts
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

const CLIENT = new URL("../../lib/http/page/client/", import.meta.url);

/** Reads the files by their names, in order. */
export function readClient(): Record<string, string> {
  const names = readdirSync(CLIENT, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => /\.(html|css|js)$/.test(name))
    .sort();
  // What git makes of ends of lines on Windows is not the page's business.
  const read = (name: string) => readFileSync(new URL(name, CLIENT), "utf8").replaceAll("\r\n", "\n");
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

function literal(text: string): string {
  return `\`${text.replaceAll(/[\\`]|\$\{/g, (sign) => `\\${sign}`)}\``;
}

function main(): void {
  const files = readClient();
  const entries = Object.entries(files).map(([name, text]) => `  "${name}": ${literal(text)},\n`);
  const size = Object.values(files).reduce((sum, text) => sum + text.length, 0);
  writeFileSync(
    new URL("../client_files.ts", CLIENT),
    `/** The files of the page, by their names: \`client/\`, written here by \`scripts/page/embed.ts\`. */

// deno-fmt-ignore
export const CLIENT_FILES: Readonly<Record<string, string>> = {
${entries.join("")}};
`,
  );
  process.stdout.write(`${entries.length} files, ${size} characters\n`);
}

if (import.meta.main) main();
