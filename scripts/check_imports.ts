#!/usr/bin/env -S deno run --allow-read=.
/**
 * Checks the laws of the house (`import_laws.ts`): which folder may import which, that there are no cycles, what is
 * loaded with `mod.ts`, what stands on the top floor, how full a folder is, and that each runtime's own names stay in
 * one file. Prints every breach and exits with 1 if there is one.
 *
 *     deno run --allow-read=. scripts/check_imports.ts
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import process from "node:process";
import { FOLDER_LIMIT, IMPORT_LAWS, LOADED_WITH_MOD, RESERVED_NAMES, TOP_FLOOR } from "./import_laws.ts";

/** With names, bare, or called. */
const IMPORT = /\b(import|export)\s+(?:(type\s+)?[^;"']*?from\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"/g;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
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

/** The file that a relative specifier names, from the top of the tree. */
function targetOf(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier)).replaceAll(sep, "/");
}

function breachesOf(file: string, source: string, imports: readonly Import[]): string[] {
  const found = RESERVED_NAMES.filter(({ pattern, file: only }) => file !== only && pattern.test(source))
    .map(({ pattern, file: only }) => `${file} uses ${pattern.source}, which belongs to ${only}`);
  const law = IMPORT_LAWS.find(({ path }) => file.startsWith(path));
  if (law === undefined) return [...found, `${file} is in no folder that has a law`];
  for (const { specifier } of imports) {
    if (specifier.startsWith("node:") && !law.node) found.push(`${file} imports ${specifier}`);
    if (!specifier.startsWith(".")) continue;
    const target = targetOf(file, specifier);
    if (!law.may.some((path) => target.startsWith(path))) found.push(`${file} imports ${target}`);
  }
  return found;
}

/**
 * Gives what is loaded with a file when it is imported: itself, what it imports, and so on, without what waits for a
 * call of `import()`.
 *
 * @param entry Its path from the top of the tree, with `/` between folders.
 * @param read Gives the text of a file by such a path.
 * @returns Such paths, and the names of modules that are no files of the tree.
 */
export function loadedWith(entry: string, read: (file: string) => string): string[] {
  const loaded = new Set([entry]);
  for (const file of loaded) {
    if (!file.endsWith(".ts")) continue;
    for (const { specifier, typeOnly, dynamic } of importsOf(withoutComments(read(file)))) {
      if (!typeOnly && !dynamic) {
        loaded.add(specifier.startsWith(".") ? targetOf(file, specifier) : specifier);
      }
    }
  }
  return [...loaded];
}

/** Checks what is loaded with `mod.ts`: whoever imports it pays for that, used or not. */
function checkLoadedWithMod(sources: ReadonlyMap<string, string>): string[] {
  return loadedWith("mod.ts", (file) => sources.get(file) ?? "")
    .filter((file) => !LOADED_WITH_MOD.some((path) => file.startsWith(path)))
    .map((file) => `${file} is loaded with mod.ts: import() it where it is needed`);
}

/** Files in a cycle of imports that are needed when the program runs. */
function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
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

/**
 * Checks the sources of the library.
 *
 * @param sources The text of every file, by its path from the top of the tree, with `/` between folders.
 * @returns A sentence for every breach.
 */
export function checkImports(sources: ReadonlyMap<string, string>): string[] {
  const graph = new Map<string, string[]>();
  const found: string[] = [];
  for (const [file, text] of sources) {
    const source = withoutComments(text);
    const imports = importsOf(source);
    found.push(...breachesOf(file, source, imports));
    const needed = imports.filter(({ specifier, typeOnly, dynamic }) =>
      specifier.startsWith(".") && !typeOnly && !dynamic
    );
    graph.set(file, needed.map(({ specifier }) => targetOf(file, specifier)));
  }
  return [...found, ...cyclesIn(graph), ...checkLoadedWithMod(sources)];
}

/**
 * Checks how the files lie.
 *
 * @param files Their paths from the top of the tree, with `/` between folders.
 * @returns A sentence for every breach.
 */
export function checkFolders(files: readonly string[]): string[] {
  const loose = files.filter((file) => /^lib\/[^/]+$/.test(file) && !TOP_FLOOR.includes(file))
    .map((file) => `${file} stands on lib's top floor, which is for entries`);
  const counts = Map.groupBy(files, (file) => dirname(file));
  const crowded = [...counts].filter(([, inside]) => inside.length > FOLDER_LIMIT)
    .map(([folder, inside]) => `${folder} holds ${inside.length} files, wanted ${FOLDER_LIMIT} at most`);
  return [...loose, ...crowded];
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).replaceAll(sep, "/"))
    .filter((file) => !file.includes("/fixtures/") && !file.includes("__pycache__"));
}

function main(): number {
  const library = ["mod.ts", ...["lib", "ffi"].flatMap(filesIn).filter((file) => /\.[jt]s$/.test(file))];
  const sources = new Map(library.map((file) => [file, readFileSync(file, "utf8")]));
  const folders = ["lib", "ffi", "tests", "scripts"].flatMap(filesIn);
  const found = [...checkImports(sources), ...checkFolders(folders)];
  for (const breach of found) console.error(breach);
  console.log(`${library.length} files, ${found.length} breaches of the laws of the house`);
  return found.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main();
