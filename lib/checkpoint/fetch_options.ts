/**
 * What a checkpoint is fetched with: its source, the options, and the addresses that follow from both.
 */
import { wrongArgument } from "../errors.ts";
import {
  BOOLEAN,
  CALLBACK,
  checkOptions,
  FROM_ZERO,
  isNotNegative,
  oneOf,
  type OptionRules,
  PATH,
  SHA256,
  SIGNAL,
} from "../options/check_options.ts";
import { mirrorsFromEnvironment } from "./cache/cache_paths.ts";
import type { Verification } from "./cache/cached_file.ts";
import type { LoadProgress } from "./progress.ts";
import { modelBySha256, modelUrl, type OfficialModel } from "./registry.ts";
import { showUrl } from "./download/request.ts";

/** Where a checkpoint comes from. */
export interface CheckpointSource {
  /** Its address, `http:` or `https:`. */
  readonly url: URL;
  /** Its SHA-256 in hexadecimal; it may be missing with `verify: "never"` only. */
  readonly sha256?: string;
  /** Its name in the cache. */
  readonly fileName: string;
}

/** Headers of a request: `Headers`, an object, or pairs. */
export type RequestHeaders =
  | Readonly<Record<string, string>>
  | Iterable<readonly [name: string, value: string]>;

/** How to fetch a checkpoint. */
export interface FetchOptions {
  /**
   * The folder of the cache.
   *
   * @default {"$XDG_CACHE_HOME/whisper, else ~/.cache/whisper"}
   */
  readonly downloadRoot?: string;
  /**
   * Where to get official checkpoints instead of OpenAI's server: base addresses, each with
   * `<sha256>/<fileName>` below it as OpenAI's has, or a function that gives the whole addresses. They are
   * tried in turn. Any server will do, since the SHA-256 decides.
   *
   * @default {[the addresses in SOTTO_MIRROR, with commas between them]}
   */
  readonly mirrors?: readonly (string | URL)[] | ((model: OfficialModel) => readonly (string | URL)[]);
  /**
   * Headers for the servers asked, such as a token. They do not follow a redirect to another server.
   *
   * @default {none}
   */
  readonly headers?: RequestHeaders;
  /**
   * What sends requests. The runtime's own obeys `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: typeof fetch;
  /**
   * Uses the cache only.
   *
   * @default {whether SOTTO_OFFLINE is 1, true, yes or on}
   */
  readonly offline?: boolean;
  /**
   * When a cached file is hashed: `"always"`; `"once"`, keeping a receipt beside it that holds while its size,
   * time of writing and inode are the same; or `"never"`. A download whose SHA-256 is known is always checked. Of
   * a local file, which has none, the checksums in its zip are compared unless it is `"never"`: wrong ones are a
   * warning, and an error where `"always"` is given.
   *
   * @default {"always"}
   */
  readonly verify?: Verification;
  /**
   * Milliseconds without a byte after which a connection is given up and made again.
   *
   * @default {30000}
   */
  readonly stallTimeout?: number;
  /**
   * How many failures in a row, with less than a mebibyte between them, are tried again.
   *
   * @default {5}
   */
  readonly retries?: number;
  /** Stops everything; a download keeps what it has and goes on from there next time. */
  readonly signal?: AbortSignal;
  /** Told how far it is, at most ten times a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Told what went wrong without being the end. */
  readonly onWarning?: (message: string) => void;
}

/** Gives the addresses to try. Mirrors have what OpenAI published, so another checkpoint has only its own. */
export function addressesOf(source: CheckpointSource, mirrors: FetchOptions["mirrors"]): URL[] {
  const model = modelBySha256(source.sha256 ?? "");
  if (model === undefined || modelUrl(model).href !== source.url.href) return [source.url];
  const urls = typeof mirrors === "function"
    ? mirrors(model).map((url) => toUrl(url))
    : (mirrors ?? mirrorsFromEnvironment()).map((base) => modelUrl(model, toUrl(base)));
  return urls.length > 0 ? urls : [source.url];
}

function toUrl(mirror: string | URL): URL {
  if (URL.canParse(mirror)) return new URL(mirror);
  throw wrongArgument(
    "INVALID_OPTION",
    `Cannot download from the mirror "${mirror}": it is not an address such as https://host/path`,
  );
}

/** What each option must be. */
export const FETCH_RULES: OptionRules<FetchOptions> = {
  downloadRoot: PATH,
  mirrors: ["a list of addresses, or a function that gives them", isMirrors],
  headers: ["Headers, an object or pairs", (value) => typeof value === "object" && value !== null],
  fetch: CALLBACK,
  offline: BOOLEAN,
  verify: oneOf(["always", "once", "never"]),
  stallTimeout: ["a number of milliseconds above 0", (value) => isNotNegative(value) && value !== 0],
  retries: FROM_ZERO,
  signal: SIGNAL,
  onProgress: CALLBACK,
  onWarning: CALLBACK,
};

function isMirrors(value: unknown): boolean {
  if (typeof value === "function") return true;
  return Array.isArray(value) && value.every((mirror) => mirror instanceof URL || typeof mirror === "string");
}

/**
 * Makes sure that a source and the options are well-formed.
 *
 * @throws {TypeError} when one is not.
 * @throws {RangeError} when a number is out of range.
 */
export function checkArguments({ url, sha256, fileName }: CheckpointSource, options: FetchOptions): void {
  const action = `download ${showUrl(url)}`;
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw wrongArgument("INVALID_INPUT", `Cannot ${action}: its scheme is not http or https`);
  }
  checkOptions(action, { ...options, sha256 }, { ...FETCH_RULES, sha256: SHA256 });
  if (sha256 === undefined && options.verify !== "never") {
    throw wrongArgument(
      "INVALID_OPTION",
      `Cannot ${action}: it has no SHA-256; pass sha256, or verify: "never" to use whatever comes`,
    );
  }
  if (!/^[^/\\\0]+$/.test(fileName) || fileName === "." || fileName === "..") {
    throw wrongArgument(
      "INVALID_INPUT",
      `Cannot ${action}: fileName is "${fileName}" and not a plain file name`,
    );
  }
}
