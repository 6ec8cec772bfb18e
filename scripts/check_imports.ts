#!/usr/bin/env -S deno run --allow-read=.
/**
 * Checks the laws of the house: which folder may import which, that there are no cycles, and that each
 * runtime's own names stay in one file. Prints every breach and exits with 1 if there is one.
 *
 *     deno run --allow-read=. scripts/check_imports.ts
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import process from "node:process";

/** Small pure files that everything in `lib/` may import; they import nothing but each other. */
const LEAVES = [
  "lib/check_options.ts",
  "lib/errors.ts",
  "lib/fast_exp.ts",
  "lib/nearest.ts",
  "lib/python_text.ts",
  "lib/round_half_even.ts",
  "lib/time_slice.ts",
];

/** What the files under a path may import, by the first rule that fits. `node:` is said apart. */
const RULES: readonly { path: string; may: readonly string[]; node: boolean }[] = [
  { path: "mod.ts", may: ["lib/", "ffi/"], node: false },
  { path: "ffi/", may: ["ffi/"], node: true },
  ...LEAVES.map((path) => ({ path, may: LEAVES, node: true })),
  { path: "lib/std.ts", may: [], node: true },
  { path: "lib/cli.ts", may: ["mod.ts", "lib/commands/", "deno.json"], node: true },
  { path: "lib/commands/", may: ["mod.ts", "lib/"], node: true },
  { path: "lib/audio/", may: ["lib/audio/", "lib/std.ts", ...LEAVES], node: true },
  { path: "lib/tokenizer/", may: ["lib/tokenizer/", ...LEAVES], node: false },
  {
    path: "lib/checkpoint/",
    may: ["lib/checkpoint/", "lib/model/types.ts", "lib/std.ts", ...LEAVES],
    node: true,
  },
  { path: "lib/model/types.ts", may: [], node: false },
  {
    path: "lib/model/",
    may: ["lib/model/", "lib/checkpoint/types.ts", "ffi/", ...LEAVES],
    node: false,
  },
  {
    path: "lib/decoding/",
    may: ["lib/decoding/", "lib/tokenizer/", "lib/model/types.ts", ...LEAVES],
    node: true,
  },
  {
    path: "lib/timing/",
    may: [
      "lib/timing/",
      "lib/audio/log_mel_spectrogram.ts",
      "lib/tokenizer/",
      "lib/model/types.ts",
      "lib/segments.ts",
      ...LEAVES,
    ],
    node: true,
  },
  { path: "lib/", may: ["lib/", "ffi/"], node: true },
];

/** Names that only one file may use: those of one runtime, and the terminal's. */
const RESERVED_NAMES: readonly { pattern: RegExp; file: string }[] = [
  { pattern: /\bconsole\.\w/, file: "no file of the library" },
  { pattern: /\bDeno\.\w/, file: "ffi/deno.ts" },
  { pattern: /\bBun\.\w/, file: "ffi/bun.ts" },
  { pattern: /from "bun:/, file: "ffi/bun.ts" },
];

const IMPORT = /\b(import|export)\s+(type\s+)?[^;"']*?from\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/g;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function importsOf(source: string): Import[] {
  return [...source.matchAll(IMPORT)].map((match) => ({
    specifier: match[3] ?? match[4],
    typeOnly: match[2] !== undefined,
    dynamic: match[4] !== undefined,
  }));
}

function breaches(file: string, source: string, imports: readonly Import[]): string[] {
  const found = RESERVED_NAMES.filter(({ pattern, file: only }) => file !== only && pattern.test(source))
    .map(({ pattern, file: only }) => `${file} uses ${pattern.source}, which belongs to ${only}`);
  const rule = RULES.find(({ path }) => file.startsWith(path))!;
  for (const { specifier } of imports) {
    if (specifier.startsWith("node:") && !rule.node) found.push(`${file} imports ${specifier}`);
    if (!specifier.startsWith(".")) continue;
    const target = normalize(join(dirname(file), specifier));
    if (!rule.may.some((path) => target.startsWith(path))) found.push(`${file} imports ${target}`);
  }
  return found;
}

/** Files in a cycle of imports that are needed when the program runs. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) {
      found.push(`cycle: ${[...path.slice(path.indexOf(file)), file].join(" → ")}`);
      return;
    }
    if (done.has(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  }
  for (const file of graph.keys()) visit(file, []);
  return found;
}

function main(): number {
  const files = ["mod.ts", ...sourceFiles("lib"), ...sourceFiles("ffi")];
  const graph = new Map<string, string[]>();
  const found: string[] = [];
  for (const file of files) {
    const source = withoutComments(readFileSync(file, "utf8"));
    const imports = importsOf(source);
    found.push(...breaches(file, source, imports));
    const needed = imports.filter(({ specifier, typeOnly, dynamic }) =>
      specifier.startsWith(".") && !typeOnly && !dynamic
    );
    graph.set(file, needed.map(({ specifier }) => normalize(join(dirname(file), specifier))));
  }
  found.push(...cycles(graph));
  for (const breach of found) console.error(breach);
  console.log(`${files.length} files, ${found.length} breaches of the import laws`);
  return found.length === 0 ? 0 : 1;
}

process.exitCode = main();
