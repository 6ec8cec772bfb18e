/**
 * What people write for the name of a model: understood where only one model can be meant, else what to write.
 */
import process from "node:process";
import { nearest } from "../options/nearest.ts";
import { availableModels, findModel, type OfficialModel } from "./registry.ts";

/** Letters that a name may be misspelt by. */
const MAX_SLIPS = 2;

/**
 * Finds the official model that a name means: in any case, and by the name of OpenAI's own repository of it
 * (`openai/whisper-base`).
 */
export function meantModel(name: string): OfficialModel | undefined {
  const lower = name.trim().toLowerCase();
  const repository = /^openai\/whisper-(.+)$/.exec(lower)?.[1];
  // There, "large" is still the first one.
  return findModel(repository === "large" ? "large-v1" : repository ?? lower);
}

/** Says what to write instead of a name that is neither a file nor an official name; empty if nothing comes near. */
export function adviceForModel(name: string): string {
  const lower = name.trim().toLowerCase();
  if (/^https?:\/\//.test(lower)) return "to fetch an address, pass a URL object, with its sha256";
  const [base] = lower.split(/[/\\]/).slice(-1);
  const file = findModel(base.replace(/\.pt$/, ""));
  if (file !== undefined && base.endsWith(".pt")) return `OpenAI's model is called "${file.name}"`;
  if (process.platform !== "win32" && /^[a-z]:[\\/]|\\/.test(lower)) {
    return "on this system, the folders of a path are separated by /";
  }
  // What begins as a path does is one: there is no such file.
  if (/^(\.{1,2}|~)?\//.test(lower)) return "";
  if (/^[\w.-]+\/[\w.-]+$/.test(lower)) {
    return "a repository is not downloaded: give the path of the folder that you downloaded it to";
  }
  const stem = base.replace(/^(openai[-_])?whisper[-_]|\.pt$/g, "").replaceAll("_", "-");
  const near = nearest(stem, availableModels(), stem.length > MAX_SLIPS ? MAX_SLIPS : 0);
  return near === undefined || base !== lower ? "" : `did you mean "${near}"?`;
}
