/**
 * The one seam to `@std`: true packages where JSR can be reached, the runtime's built-ins elsewhere, so that
 * a clone runs on any machine. Each is imported when first asked for; importing this file imports no package.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import nodePath from "node:path";

/** The part of `@std/path` that is used. */
export interface PathApi {
  join(...parts: string[]): string;
  resolve(...parts: string[]): string;
  dirname(path: string): string;
  basename(path: string, suffix?: string): string;
  extname(path: string): string;
  isAbsolute(path: string): boolean;
}

/** The part of `@std/crypto` that is used: digests of bytes in memory and their comparison. */
export interface CryptoApi {
  sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
}

/** The same in `@std/crypto`. */
interface StdCrypto {
  readonly crypto: { readonly subtle: Pick<SubtleCrypto, "digest"> };
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
}

/** Which implementation of each module is in use, for reports. */
export const providers: { path?: "@std" | "node"; crypto?: "@std" | "node" } = {};

const isBun = "Bun" in globalThis;

/**
 * Imports a package on Bun, which would fetch what it does not find from npm's registry, where the scope `@std` may be
 * anybody's: only what JSR calls the package there counts, and only where it is installed.
 */
async function importInstalled(name: string): Promise<unknown> {
  const installed = `@jsr/std__${name}`;
  const folders = createRequire(import.meta.url).resolve.paths(installed) ?? [];
  if (folders.some((folder) => existsSync(nodePath.join(folder, installed)))) return await import(installed);
  throw new Error(`Cannot import @std/${name}: ${installed} is not installed`);
}

let pathApi: Promise<PathApi> | undefined;
let cryptoApi: Promise<CryptoApi> | undefined;

/** Gives path functions: `@std/path`, or `node:path`. */
export function path(): Promise<PathApi> {
  return pathApi ??= importPath();
}

/** Gives digest functions: `@std/crypto`, or `node:crypto`. */
export function crypto(): Promise<CryptoApi> {
  return cryptoApi ??= importCrypto();
}

// The imports stand inside `try`, so that a bundler passes over what is not installed.

async function importPath(): Promise<PathApi> {
  try {
    const std = isBun ? await importInstalled("path") : await import("@std/path");
    providers.path = "@std";
    return std as PathApi;
  } catch {
    providers.path = "node";
    return nodePath;
  }
}

async function importCrypto(): Promise<CryptoApi> {
  try {
    const std = (isBun ? await importInstalled("crypto") : await import("@std/crypto")) as StdCrypto;
    providers.crypto = "@std";
    return {
      sha256: async (bytes) => new Uint8Array(await std.crypto.subtle.digest("SHA-256", bytes)),
      timingSafeEqual: (a, b) => std.timingSafeEqual(a, b),
    };
  } catch {
    const node = await import("node:crypto");
    providers.crypto = "node";
    return {
      sha256: (bytes) => Promise.resolve(new Uint8Array(node.createHash("sha256").update(bytes).digest())),
      timingSafeEqual: (a, b) => a.byteLength === b.byteLength && node.timingSafeEqual(a, b),
    };
  }
}
