/**
 * The one seam to `@std`: true packages where JSR can be reached, the runtime's built-ins elsewhere, so that
 * a clone runs on any machine. Each is imported when first asked for; importing this file imports nothing.
 */

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

/** Which implementation of each module is in use, for reports. */
export const providers: { path?: "@std" | "node"; crypto?: "@std" | "node" } = {};

let pathApi: Promise<PathApi> | undefined;
let cryptoApi: Promise<CryptoApi> | undefined;

/** Gives path functions: `@std/path`, or `node:path`. */
export function path(): Promise<PathApi> {
  return pathApi ??= import("@std/path").then(
    (std) => (providers.path = "@std", std as PathApi),
    async () => {
      const node = await import("node:path");
      providers.path = "node";
      return node.default;
    },
  );
}

/** Gives digest functions: `@std/crypto`, or `node:crypto`. */
export function crypto(): Promise<CryptoApi> {
  return cryptoApi ??= import("@std/crypto").then(
    (std) => {
      providers.crypto = "@std";
      return {
        sha256: async (bytes) => new Uint8Array(await std.crypto.subtle.digest("SHA-256", bytes)),
        timingSafeEqual: (a, b) => std.timingSafeEqual(a, b),
      } satisfies CryptoApi;
    },
    async () => {
      const node = await import("node:crypto");
      providers.crypto = "node";
      return {
        sha256: (bytes) => Promise.resolve(new Uint8Array(node.createHash("sha256").update(bytes).digest())),
        timingSafeEqual: (a, b) => a.byteLength === b.byteLength && node.timingSafeEqual(a, b),
      } satisfies CryptoApi;
    },
  );
}
