/** What goes wrong with the file of a job. */

/**
 * Why a worker does not have the sound: it may not go there; nothing is there; it is not what the job says; it is too
 * large; or the way there failed, which another try may mend.
 */
export type SoundTrouble =
  | "SOUND_FORBIDDEN"
  | "SOUND_MISSING"
  | "SOUND_MISMATCH"
  | "SOUND_TOO_LARGE"
  | "SOUND_UNREACHABLE";

/** Thrown when a worker cannot have the sound that a job names. */
export class SoundError extends Error {
  /** The name of this class. */
  override name = "SoundError";
  /** Why. All but `"SOUND_UNREACHABLE"` stay as they are however often it is tried. */
  readonly code: SoundTrouble;

  /** Makes the error from its fields. */
  constructor(code: SoundTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
