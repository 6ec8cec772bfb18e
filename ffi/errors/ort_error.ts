/** Thrown when ONNX Runtime refuses a call. */
export class OrtError extends Error {
  /** The name of this class. */
  override name = "OrtError";
  /** The code, as `"INVALID_ARGUMENT"`. */
  readonly code: string;
  /** The C function that failed. */
  readonly api: string;

  /** Makes the error from its fields. */
  constructor(message: string, fields: { code: string; api: string }, options?: ErrorOptions) {
    super(`Cannot run ${fields.api}: ${message}`, options);
    this.code = fields.code;
    this.api = fields.api;
  }
}
