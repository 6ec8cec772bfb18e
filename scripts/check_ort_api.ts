#!/usr/bin/env -S deno run --allow-read
/**
 * Compares the table of `ffi/ort_api.ts` with the struct of an official `onnxruntime_c_api.h`: every name at its
 * position, with as many parameters.
 *
 *     deno run --allow-read scripts/check_ort_api.ts PATH_OF_onnxruntime_c_api.h
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { ORT_API, type OrtFunction } from "../ffi/ort_api.ts";

interface Member {
  readonly name: string;
  readonly parameters: number;
}

/** The ways a member of the struct is declared. */
const MEMBER =
  /ORT_CLASS_RELEASE\(\s*(\w+)\s*\)|ORT_API2_STATUS\(\s*(\w+)\s*,?|\(\s*ORT_API_CALL\s*\*\s*(\w+)\s*\)\s*\(/g;

function parametersFrom(text: string, start: number): number {
  let depth = 1, commas = 0, end = start;
  for (; depth > 0; end++) {
    if (text[end] === "(") depth++;
    else if (text[end] === ")") depth--;
    else if (text[end] === "," && depth === 1) commas++;
  }
  const list = text.slice(start, end - 1).trim();
  return list === "" || list === "void" ? 0 : commas + 1;
}

/** The members of `struct OrtApi`, in order. */
function readMembers(header: string): Member[] {
  const text = header.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
  const start = text.search(/struct OrtApi\s*\{/);
  const struct = text.slice(start, text.indexOf("\n};", start));
  return [...struct.matchAll(MEMBER)].map((match) => {
    if (match[1] !== undefined) return { name: `Release${match[1]}`, parameters: 1 };
    return { name: match[2] ?? match[3], parameters: parametersFrom(struct, match.index + match[0].length) };
  });
}

function main(path: string | undefined): number {
  if (path === undefined) {
    console.error("usage: check_ort_api.ts PATH_OF_onnxruntime_c_api.h");
    return 2;
  }
  const members = readMembers(readFileSync(path, "utf8"));
  const wrong = Object.entries<OrtFunction>(ORT_API).filter(([name, { index, parameters }]) =>
    members[index]?.name !== name || members[index].parameters !== parameters.length
  );
  for (const [name, { index, parameters }] of wrong) {
    const { name: found, parameters: count } = members[index] ?? { name: "nothing", parameters: 0 };
    console.error(
      `${name} (${parameters.length} parameters) at ${index}: the header has ${found} (${count})`,
    );
  }
  console.log(
    `${Object.keys(ORT_API).length} functions compared with ${members.length}: ${wrong.length} differ`,
  );
  return wrong.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv[2]);
