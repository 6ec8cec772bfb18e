/** Where a worker may have sound from, and how much of it. */
import { wrongArgument } from "../../errors.ts";
import {
  checkOptions,
  COUNT,
  type OptionRule,
  type OptionRules,
  PATH,
  SECONDS_ABOVE_ZERO,
} from "../../options/check_options.ts";
import { type AddressOptions, type AddressRules, addressRules } from "../address/address_rules.ts";
import type { RequestTools } from "../address/pinned_request.ts";

/** Who one is to the storage. */
export interface S3Credentials {
  /** The public half. */
  readonly accessKeyId: string;
  /** The secret half. */
  readonly secretAccessKey: string;
  /** Of credentials that end. */
  readonly sessionToken?: string;
}

/** S3-compatible storage. */
export interface S3Options {
  /** Its address, as `"https://s3.eu-central-1.amazonaws.com"` or `"http://minio:9000"`. It may be a private one. */
  readonly endpoint: string;
  /**
   * The region that requests are signed for.
   *
   * @default {"us-east-1"}
   */
  readonly region?: string;
  /** The buckets that are read; no other, whatever the credentials allow. */
  readonly buckets: readonly string[];
  /** Who one is, or what gives it; that is called for every file. */
  readonly credentials: S3Credentials | (() => S3Credentials | Promise<S3Credentials>);
  /**
   * Whether the bucket is the first part of the path, as everywhere but at Amazon, or of the host.
   *
   * @default {true}
   */
  readonly pathStyle?: boolean;
}

/** Where a worker may have sound from. What is not set up is not to be had. */
export interface SoundOptions extends AddressOptions {
  /** The folder that all workers see. Jobs name files below it. */
  readonly soundFolder?: string;
  /** S3-compatible storage. */
  readonly s3?: S3Options;
  /**
   * Bytes of a file at most.
   *
   * @default {2147483648}
   */
  readonly maxSoundBytes?: number;
  /**
   * Seconds without an answer, or without a byte of it, after which a file is not waited for.
   *
   * @default {30}
   */
  readonly soundPatience?: number;
  /**
   * Seconds that fetching a file may take in all.
   *
   * @default {3600}
   */
  readonly soundTimeout?: number;
}

/** The same, checked, with defaults. */
export interface SoundSettings {
  readonly soundFolder?: string;
  readonly s3?: Required<S3Options>;
  readonly rules: AddressRules;
  readonly maxSoundBytes: number;
  readonly soundPatience: number;
  readonly soundTimeout: number;
  /** Replaced by tests. */
  readonly tools?: RequestTools;
}

const TEXTS: OptionRule = [
  "a list of texts",
  (value) => Array.isArray(value) && value.every((text) => typeof text === "string"),
];

/** What each option must be. */
export const SOUND_RULES: OptionRules<SoundOptions> = {
  soundFolder: PATH,
  allowedHosts: TEXTS,
  allowedNetworks: TEXTS,
  s3: ["an object with endpoint, buckets and credentials", isS3Options],
  maxSoundBytes: COUNT,
  soundPatience: SECONDS_ABOVE_ZERO,
  soundTimeout: SECONDS_ABOVE_ZERO,
};

function isS3Options(value: unknown): boolean {
  const { endpoint, region = "", buckets, credentials, pathStyle = true } = Object(value) as Partial<
    S3Options
  >;
  return typeof endpoint === "string" && typeof region === "string" && typeof pathStyle === "boolean" &&
    TEXTS[1](buckets) && (typeof credentials === "function" ||
      (typeof credentials?.accessKeyId === "string" && typeof credentials.secretAccessKey === "string"));
}

/**
 * Checks the options and fills in defaults.
 *
 * @param action What is being done, for messages.
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 */
export function soundSettings(action: string, options: SoundOptions): SoundSettings {
  const { soundFolder, s3, maxSoundBytes = 2 ** 31, soundPatience = 30, soundTimeout = 3600, ...addresses } =
    checkOptions(action, options, SOUND_RULES);
  if (s3 !== undefined) assertEndpoint(action, s3.endpoint);
  return {
    ...(soundFolder !== undefined && { soundFolder }),
    ...(s3 !== undefined && { s3: { region: "us-east-1", pathStyle: true, ...s3 } }),
    rules: addressRules(action, addresses),
    maxSoundBytes,
    soundPatience,
    soundTimeout,
  };
}

function assertEndpoint(action: string, endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (
    url !== undefined && /^https?:$/.test(url.protocol) && `${url.username}${url.search}${url.hash}` === ""
  ) return;
  throw wrongArgument(
    "INVALID_OPTION",
    `Cannot ${action}: s3.endpoint is no address as "https://s3.example.org", without a name, a password or a query`,
  );
}
