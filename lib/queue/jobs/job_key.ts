/** The key of a job: what is the same recording, heard in the same way, is done once. */
import { createHash } from "node:crypto";
import type { JobData } from "../job.ts";

/**
 * Gives the key: a digest of the content, the model, the options and who is told. Where the recording lies is not in it,
 * nor the order of the options.
 */
export function jobKey({ sound, model, options, part, partSeconds, webhook }: JobData): string {
  const what = [sound.sha256.toLowerCase(), model, options, part, partSeconds, webhook];
  return createHash("sha256").update(JSON.stringify(what.map((value) => value ?? null), inOrder)).digest(
    "hex",
  );
}

/** Gives JSON the names of an object in their order. */
function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1));
}
