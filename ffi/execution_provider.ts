/**
 * Which execution provider runs a session. A provider compiled into the library may still be unusable, so asking for
 * one is an attempt: options and session are made anew for each.
 */
import { cpu } from "./providers/cpu.ts";
import { cuda } from "./providers/cuda.ts";
import type { Provider } from "./providers/provider.ts";
import { OrtError } from "./status.ts";

/** Where sessions run. */
export type ExecutionProvider = "cpu" | "cuda";

/** Where a model is asked to run: `"auto"` is the first provider that can be used; the CPU always can. */
export type Device = "auto" | ExecutionProvider;

/** Every provider, in the order in which `"auto"` tries them. */
const PROVIDERS: { readonly [Name in ExecutionProvider]: Provider<Name> } = { cuda, cpu };

/** Every device that can be asked for. */
export const DEVICES: readonly Device[] = [
  "auto",
  ...Object.values(PROVIDERS).map(({ name }) => name).reverse(),
];

/** What there is to know of a provider. */
export function providerOf(name: ExecutionProvider): Provider {
  return PROVIDERS[name];
}

/** What was made, where it runs, and why not elsewhere. */
export interface Attempt<T> {
  readonly value: T;
  readonly provider: ExecutionProvider;
  /** One sentence for every provider that was tried. */
  readonly report: readonly string[];
}

/**
 * Makes something on the device asked for. Whatever `create` makes must be made anew by each call.
 *
 * @throws {RangeError} when there is no such device.
 * @throws {OrtError} when the device asked for cannot be used.
 */
export async function createOnDevice<T>(
  device: Device,
  create: (provider: ExecutionProvider) => Promise<T>,
): Promise<Attempt<T>> {
  if (!DEVICES.includes(device)) {
    const names = DEVICES.map((name) => `"${name}"`);
    const wanted = `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
    throw new RangeError(`Cannot run on the device "${device}": wanted ${wanted}`);
  }
  const report: string[] = [];
  const candidates = Object.values(PROVIDERS).filter(({ name }) => device === "auto" || device === name);
  for (const [i, { name, title }] of candidates.entries()) {
    try {
      const value = await create(name);
      return { value, provider: name, report: [...report, `${title} is used`] };
    } catch (error) {
      // The last has nobody to hand over to. What is not ONNX Runtime's is no device's fault.
      if (i === candidates.length - 1 || !(error instanceof OrtError)) throw error;
      report.push(`${title} is not used: ${error.message}`);
    }
  }
  throw new RangeError(`Cannot run on the device "${device}": there is no provider`);
}
