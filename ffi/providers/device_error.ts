/** What is thrown when a device that was asked for cannot be used. */

/** Thrown when the device that was asked for cannot be used. `"auto"` throws none: the CPU can always be used. */
export class DeviceError extends Error {
  /** The name of this class. */
  override name = "DeviceError";
  /** The code of this class. */
  readonly code = "DEVICE";
  /** What was asked for, as `"cuda:1"`. */
  readonly device: string;
  /** Why it cannot be used, and what helps. */
  readonly reason: string;
  /** The devices that the ONNX Runtime in use is built for; whether the machine has one is another matter. */
  readonly available: readonly string[];

  /** Makes the error from its fields. */
  constructor(
    fields: { device: string; reason: string; available: readonly string[] },
    options?: ErrorOptions,
  ) {
    super(`Cannot run on the device "${fields.device}": ${fields.reason}`, options);
    this.device = fields.device;
    this.reason = fields.reason;
    this.available = fields.available;
  }
}
