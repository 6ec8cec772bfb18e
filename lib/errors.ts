/**
 * The failures a caller may want to catch, each with a code that stays and fields instead of a message to parse.
 * Argument faults are the built-in classes (`TypeError`, `RangeError`); faults of ONNX Runtime are
 * `OrtError` and `LibraryLoadError` in `ffi/`.
 */

/**
 * The codes of argument faults, which are a `TypeError` or a `RangeError` with this `code`: there is no such
 * option; an option has a wrong value or does not go with another; another argument is wrong; the model is
 * disposed.
 */
export type ArgumentErrorCode = "UNKNOWN_OPTION" | "INVALID_OPTION" | "INVALID_INPUT" | "MODEL_DISPOSED";

/** Makes the error of an argument that is no good. */
export function wrongArgument(code: ArgumentErrorCode, message: string, options?: ErrorOptions): TypeError {
  return Object.assign(new TypeError(message, options), { code });
}

/** Makes the error of a number, or of one of several things, that is not among those there are. */
export function outOfRange(code: ArgumentErrorCode, message: string, options?: ErrorOptions): RangeError {
  return Object.assign(new RangeError(message, options), { code });
}

/** Thrown when a model is neither an official name nor a file, or no official name where only those are taken. */
export class ModelNotFoundError extends Error {
  /** The name of this class. */
  override name = "ModelNotFoundError";
  /** The code of this class. */
  readonly code = "MODEL_NOT_FOUND";
  /** What was asked for. */
  readonly model: string;
  /** The official names. */
  readonly available: readonly string[];

  /**
   * Makes the error from its fields, what may have been meant, and what was to be done with it where a file is not taken.
   */
  constructor(
    model: string,
    available: readonly string[],
    { advice = "", action, ...options }: ErrorOptions & { advice?: string; action?: string } = {},
  ) {
    super(
      `Cannot ${action ?? "load"} model "${model}": it is ${
        action === undefined ? "neither a file nor one" : "not one"
      } of the official names (${available.join(", ")})${advice && `; ${advice}`}`,
      options,
    );
    this.model = model;
    this.available = available;
  }
}

/** Thrown when the bytes of a checkpoint do not have the SHA-256 they should have. */
export class ChecksumMismatchError extends Error {
  /** The name of this class. */
  override name = "ChecksumMismatchError";
  /** The code of this class. */
  readonly code = "CHECKSUM_MISMATCH";
  /** Where the bytes came from: a URL or a path. */
  readonly url: string;
  /** The SHA-256 wanted, in hexadecimal. */
  readonly expected: string;
  /** The SHA-256 found, in hexadecimal. */
  readonly actual: string;
  /** How many bytes were hashed. */
  readonly bytes: number;

  /** Makes the error from its fields. */
  constructor(
    message: string,
    fields: { url: string; expected: string; actual: string; bytes: number },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.url = fields.url;
    this.expected = fields.expected;
    this.actual = fields.actual;
    this.bytes = fields.bytes;
  }
}

/** Thrown when a checkpoint cannot be downloaded. */
export class DownloadError extends Error {
  /** The name of this class. */
  override name = "DownloadError";
  /** The code of this class. */
  readonly code = "DOWNLOAD";
  /** The address that was asked last. */
  readonly url: string;
  /** The HTTP status, if a response came. */
  readonly status?: number;

  /** Makes the error from its fields. */
  constructor(message: string, fields: { url: string; status?: number }, options?: ErrorOptions) {
    super(message, options);
    this.url = fields.url;
    this.status = fields.status;
  }
}

/** Thrown when a checkpoint is damaged, hostile or of a kind that is not read. */
export class CheckpointFormatError extends Error {
  /** The name of this class. */
  override name = "CheckpointFormatError";
  /** The code of this class. */
  readonly code = "CHECKPOINT_FORMAT";
  /** The byte in the file (or, inside a pickle or a header, in that part) where the lie was met. */
  readonly offset?: number;

  /** Makes the error from its fields. */
  constructor(message: string, offset?: number, options?: ErrorOptions) {
    super(message, options);
    this.offset = offset;
  }
}

/** Thrown when audio cannot be decoded. */
export class AudioDecodeError extends Error {
  /** The name of this class. */
  override name = "AudioDecodeError";
  /** The code of this class. */
  readonly code = "AUDIO_DECODE";
  /** The exit code of `ffmpeg`, if it ran. */
  readonly exitCode?: number;
  /** What `ffmpeg` printed, if it ran. */
  readonly stderr?: string;
  /** Whether it begins as no format does that is known here: raw samples, perhaps. */
  readonly isUnknown?: boolean;

  /** Makes the error from its fields. */
  constructor(
    message: string,
    fields: { exitCode?: number; stderr?: string; isUnknown?: boolean } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.exitCode = fields.exitCode;
    this.stderr = fields.stderr;
    this.isUnknown = fields.isUnknown;
  }
}
