/**
 * The sound of a job, wherever it lies: opened or fetched, and not used before its SHA-256 is the one that the job says.
 */
import { createHash } from "node:crypto";
import type { AudioSource } from "../../../mod.ts";
import { anySignal } from "../../async/signals.ts";
import { type AudioInput, ofHandle } from "../../audio/input/audio_input.ts";
import { identityOf, sameFile } from "../../checkpoint/file_identity.ts";
import { hashFile } from "../../checkpoint/hash.ts";
import { AddressNotAllowedError, showAddress, UnreachableError } from "../address/address_error.ts";
import { addressRules } from "../address/address_rules.ts";
import { type PinnedRequest, type PinnedResponse, sendPinned } from "../address/pinned_request.ts";
import type { FolderSound, SoundReference } from "../job.ts";
import { openInFolder } from "./folder_sound.ts";
import { assertDigest, keepVerified, tooLarge } from "./kept_bytes.ts";
import { SoundError } from "./sound_error.ts";
import type { SoundSettings } from "./sound_options.ts";

/** Sound that is there. Whoever opened it disposes it; what it was kept in is gone then. */
export interface OpenSound extends AsyncDisposable {
  /** What `transcribe` takes, as often as is wanted, while it is open. */
  readonly audio: AudioSource;
  /** Bytes of the file. */
  readonly size: number;
  /**
   * Checks that the file is still the one that was hashed: one in a folder may have been written to meanwhile.
   *
   * @throws {SoundError} when it is another.
   */
  assertUnchanged(): Promise<void>;
}

/**
 * Opens the sound of a job. A file in the folder is hashed where it lies; the rest is fetched into a file without a name.
 *
 * Requires `--allow-read` permission for the folder, `--allow-net` for addresses, and for what is fetched
 * `--allow-write` for the temporary folder, and `--allow-env`.
 *
 * @throws {SoundError} when it cannot be had, may not be, or is not what the job says.
 */
export async function openSound(
  sound: SoundReference,
  settings: SoundSettings,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<OpenSound> {
  signal?.throwIfAborted();
  if (sound.kind === "folder") return await openFolderSound(sound, settings, signal);
  const name = sound.kind === "url" ? showAddress(sound.url) : `s3://${sound.bucket}/${sound.key}`;
  const tooLong = AbortSignal.timeout(settings.soundTimeout * 1000);
  const stop = anySignal(tooLong, signal);
  try {
    using response = await request(sound, settings, stop);
    assertAnswer(name, response, settings);
    const wanted = { name, sha256: sound.sha256, most: settings.maxSoundBytes };
    return openOf(await keepVerified(response.body(), wanted, stop));
  } catch (error) {
    signal?.throwIfAborted();
    if (tooLong.aborted) {
      const message = `Cannot fetch ${name}: it takes longer than ${settings.soundTimeout} s (soundTimeout)`;
      throw new SoundError("SOUND_UNREACHABLE", message);
    }
    throw soundError(error);
  }
}

function soundError(error: unknown): unknown {
  const code = error instanceof AddressNotAllowedError
    ? "SOUND_FORBIDDEN"
    : error instanceof UnreachableError
    ? "SOUND_UNREACHABLE"
    : undefined;
  return code === undefined ? error : new SoundError(code, (error as Error).message, { cause: error });
}

/** How many redirects of an address are followed. Storage has none. */
const REDIRECTS = 5;

async function request(
  sound: Exclude<SoundReference, FolderSound>,
  { rules, s3, soundPatience, tools }: SoundSettings,
  signal: AbortSignal,
): Promise<PinnedResponse> {
  const common: PinnedRequest = { rules, patience: soundPatience * 1000, signal, tools };
  if (sound.kind === "url") return await sendPinned(sound.url, { ...common, redirects: REDIRECTS });
  if (s3 === undefined) {
    throw new SoundError(
      "SOUND_FORBIDDEN",
      `Cannot fetch s3://${sound.bucket}/${sound.key}: this worker reads no S3`,
    );
  }
  const { signS3Request } = await import("./s3_sound.ts");
  const { url, headers } = await signS3Request(sound, s3);
  // Who runs the worker says where storage is, and not the job.
  const storage = addressRules("fetch sound", {
    allowedHosts: [url.origin],
    allowedNetworks: ["0.0.0.0/0", "::/0"],
  });
  return await sendPinned(url, { ...common, rules: storage, headers });
}

function assertAnswer(
  name: string,
  { status, headers }: PinnedResponse,
  { maxSoundBytes }: SoundSettings,
): void {
  if (status === 200) {
    if (Number(headers["content-length"] ?? 0) > maxSoundBytes) throw tooLarge(name, maxSoundBytes);
    return;
  }
  const isForbidden = status === 401 || status === 403;
  const isPassing = status === 408 || status === 425 || status === 429 || status >= 500;
  throw new SoundError(
    isPassing ? "SOUND_UNREACHABLE" : isForbidden ? "SOUND_FORBIDDEN" : "SOUND_MISSING",
    `Cannot fetch ${name}: the server answered ${status}`,
  );
}

async function openFolderSound(
  sound: FolderSound,
  { soundFolder, maxSoundBytes }: SoundSettings,
  signal?: AbortSignal,
): Promise<OpenSound> {
  const name = JSON.stringify(sound.path);
  if (soundFolder === undefined) {
    throw new SoundError("SOUND_FORBIDDEN", `Cannot open ${name}: this worker has no folder of sound`);
  }
  const { handle, path, size } = await openInFolder(soundFolder, sound.path);
  try {
    if (size > maxSoundBytes) throw tooLarge(name, maxSoundBytes);
    const before = identityOf(await handle.stat({ bigint: true }));
    const assertUnchanged = async () => {
      if (sameFile(before, identityOf(await handle.stat({ bigint: true })))) return;
      throw new SoundError("SOUND_MISMATCH", `Cannot take ${name}: it was written to while it was in use`);
    };
    const hash = createHash("sha256");
    await hashFile(handle, hash, { signal });
    assertDigest(name, hash.digest("hex"), sound.sha256);
    await assertUnchanged();
    return openOf(ofHandle(handle, name, path, size), assertUnchanged);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function openOf(
  input: AudioInput,
  assertUnchanged: () => Promise<void> = () => Promise.resolve(),
): OpenSound {
  // Whoever hears it disposes what it hears; the file is ours.
  const shared: AudioInput = { ...input, [Symbol.asyncDispose]: () => Promise.resolve() };
  return {
    // The kind of input that the library makes itself of all others.
    audio: shared as unknown as AudioSource,
    size: input.size,
    assertUnchanged,
    [Symbol.asyncDispose]: () => input[Symbol.asyncDispose](),
  };
}
