/**
 * Which execution provider runs a session. A provider compiled into the library may still be unusable, so asking for
 * one is an attempt: options and session are made anew for each.
 */
import type { OrtLibrary } from "./library.ts";
import { availableProviders } from "./providers/available.ts";
import { coreml } from "./providers/coreml.ts";
import { cpu } from "./providers/cpu.ts";
import { cuda } from "./providers/cuda.ts";
import { DeviceError } from "./providers/device_error.ts";
import { directml } from "./providers/directml.ts";
import { openvino } from "./providers/openvino.ts";
import type { Obstacle, Provider } from "./providers/provider.ts";
import { webgpu } from "./providers/webgpu.ts";
import { xnnpack } from "./providers/xnnpack.ts";
import { OrtError } from "./errors/ort_error.ts";

/** What runs sessions. */
export type ExecutionProvider = "cpu" | "cuda" | "webgpu" | "coreml" | "directml" | "openvino" | "xnnpack";

/** Where sessions run: a provider, or one of several devices of CUDA. `"cuda"` is the first, `"cuda:0"`. */
export type DeviceName = ExecutionProvider | `cuda:${number}`;

/** Where a model is asked to run: `"auto"` is CUDA if it can be used, else the CPU, which always can. */
export type Device = "auto" | DeviceName;

/** Every provider. */
const PROVIDERS: { readonly [Name in ExecutionProvider]: Provider<Name> } = {
  cpu,
  cuda,
  webgpu,
  coreml,
  directml,
  openvino,
  xnnpack,
};

/** What `"auto"` tries in turn. */
const AUTOMATIC: readonly DeviceName[] = ["cuda", "cpu"];

/** Every device that can be asked for, but for the numbers of CUDA's. */
export const DEVICES: readonly Device[] = ["auto", ...Object.values(PROVIDERS).map(({ name }) => name)];

/** The devices as a sentence lists them. */
export const DEVICE_CHOICES = `${
  DEVICES.map((name) => name === "cuda" ? '"cuda" (also "cuda:1" and so on)' : `"${name}"`).join(", ")
    .replace(/, ([^,]*)$/, " or $1")
}`;

/** Whether a value names a device. */
export function isDevice(value: unknown): value is Device {
  return DEVICES.includes(value as Device) || typeof value === "string" && /^cuda:\d{1,3}$/.test(value);
}

/** What there is to know of a provider. */
export function providerOf(name: ExecutionProvider): Provider {
  return PROVIDERS[name];
}

/** A place where sessions run. */
export interface Place {
  readonly provider: ExecutionProvider;
  /** The number of the provider's device. */
  readonly deviceId: number;
}

/** Where a device is. */
export function placeOf(device: DeviceName): Place {
  const [provider, number = "0"] = device.split(":");
  return { provider: provider as ExecutionProvider, deviceId: Number(number) };
}

/** What was made, where it runs, and why not elsewhere. */
export interface Attempt<T> {
  readonly value: T;
  readonly device: DeviceName;
  /** One sentence for every device that was tried. */
  readonly report: readonly string[];
  /** What its user would wonder about: that there is a device and it is not used. */
  readonly warning?: string;
}

/**
 * Makes something on the device asked for, or on the first that `"auto"` can use. Whatever `create` makes must be made
 * anew by each call.
 *
 * @throws {RangeError} when there is no such device.
 * @throws {DeviceError} when the device asked for cannot be used.
 */
export async function createOnDevice<T>(
  library: OrtLibrary,
  device: Device,
  create: (place: Place) => Promise<T>,
): Promise<Attempt<T>> {
  if (!isDevice(device)) {
    throw new RangeError(`Cannot run on the device "${device}": wanted ${DEVICE_CHOICES}`);
  }
  const report: string[] = [];
  let warning: string | undefined;
  for (const candidate of device === "auto" ? AUTOMATIC : [device]) {
    const place = placeOf(candidate);
    const { title } = providerOf(place.provider);
    const used = `${title}${candidate.includes(":") ? ` (${candidate})` : ""} is used`;
    const attempt = await attemptOn(library, place, () => create(place));
    if ("value" in attempt) return { ...attempt, device: candidate, report: [...report, used], warning };
    const { reason, hasDevice, cause } = attempt;
    if (device !== "auto") {
      throw new DeviceError({ device, reason, available: availableDevices(library) }, { cause });
    }
    report.push(`${title} is not used: ${reason}`);
    if (hasDevice) warning = `${title} is not used, though this machine may have a device for it: ${reason}`;
  }
  throw new RangeError(`Cannot run on the device "${device}": there is no provider`);
}

async function attemptOn<T>(
  library: OrtLibrary,
  place: Place,
  create: () => Promise<T>,
): Promise<{ readonly value: T } | Obstacle & { readonly cause?: unknown }> {
  const obstacle = obstacleOf(library, place);
  if (obstacle !== undefined) return obstacle;
  try {
    return { value: await create() };
  } catch (error) {
    // What is not ONNX Runtime's is no device's fault, and the processor is none that could be missing.
    if (place.provider === "cpu" || !(error instanceof OrtError)) throw error;
    return { reason: reasonOf(error), hasDevice: true, cause: error };
  }
}

/** What ONNX Runtime says, without the places in its source that come before. */
function reasonOf({ message }: OrtError): string {
  return message.replace(/: .*\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : /s, ": ");
}

/** Says what keeps a device from being used, as far as that can be told without a session on it. */
export function obstacleOf(library: OrtLibrary, { provider: name, deviceId }: Place): Obstacle | undefined {
  const provider = providerOf(name);
  return provider.findDevice?.(library.ffi, deviceId) ?? notBuiltWith(library, provider) ??
    provider.findFiles?.(library);
}

function notBuiltWith(library: OrtLibrary, { name, title, registeredName }: Provider): Obstacle | undefined {
  if (name === "cpu" || availableProviders(library).includes(registeredName)) return undefined;
  const devices = availableDevices(library).map((device) => `"${device}"`).join(", ");
  const reason =
    `ONNX Runtime ${library.version} (${library.path}) is built without ${title}; it has ${devices}`;
  return { reason, hasDevice: name === "cuda" };
}

/** The devices that a library is built for. Whether the machine has one is another matter. */
export function availableDevices(library: OrtLibrary): ExecutionProvider[] {
  const names = availableProviders(library);
  return Object.values(PROVIDERS).filter(({ registeredName }) => names.includes(registeredName))
    .map(({ name }) => name);
}
