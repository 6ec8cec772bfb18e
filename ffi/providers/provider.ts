/** What there is to know of an execution provider. One file a provider; `execution_provider.ts` lists them. */
import type { OrtLibrary } from "../library.ts";
import { cString, keepAlive, pointers } from "../memory.ts";
import type { Ffi, Pointer } from "../types.ts";
import type { CudaOptions } from "./cuda/options.ts";
import type { DeviceMemory } from "./device_memory.ts";

/** Why a provider cannot be used. */
export interface Obstacle {
  /** The end of a sentence: what is missing, and what helps. */
  readonly reason: string;
  /** Whether the machine has such a device, so that its user would wonder. */
  readonly hasDevice: boolean;
}

/** A device of a provider. */
export interface DevicePlace {
  /** Its number. @default {0} */
  readonly deviceId?: number;
  /** What CUDA is told besides. */
  readonly cuda?: CudaOptions;
}

/** An execution provider: what runs the nodes of a graph. */
export interface Provider<Name extends string = string> {
  /** As `device` names it. */
  readonly name: Name;
  /** As reports name it. */
  readonly title: string;
  /** As ONNX Runtime lists it among those it is built with. */
  readonly registeredName: string;
  /**
   * What ONNX Runtime calls the memory its nodes read. None: the processor's, where all tensors are; what a node
   * reads elsewhere is copied when it is bound, not when it runs.
   */
  readonly deviceMemory?: string;
  /** What ONNX Runtime calls the memory that runs work in, where it is to be shrunk after one. */
  readonly arena?: string;
  /** Opens that memory for tensors. Whoever asks for it disposes it. */
  openMemory?(library: OrtLibrary, session: Pointer, deviceId: number): DeviceMemory;
  /** Looks for the device itself, without ONNX Runtime. */
  findDevice?(ffi: Ffi, deviceId: number): Obstacle | undefined;
  /** Looks for what a library that is built with the provider needs besides. */
  findFiles?(library: OrtLibrary): Obstacle | undefined;
  /**
   * Adds the provider to session options.
   *
   * @throws {OrtError} when it cannot be used; the message says what is missing.
   */
  append(library: OrtLibrary, sessionOptions: Pointer, place: DevicePlace): void;
}

/** Adds a provider that ONNX Runtime knows by a name and takes options for as text. */
export function appendByName(
  { api, ffi }: OrtLibrary,
  sessionOptions: Pointer,
  name: string,
  options: Readonly<Record<string, string>> = {},
): void {
  const keys = Object.keys(options).map(cString), values = Object.values(options).map(cString);
  const listOf = (texts: typeof keys) => texts.length === 0 ? null : pointers(texts.map(ffi.addressOf));
  api.SessionOptionsAppendExecutionProvider(
    sessionOptions,
    cString(name),
    listOf(keys),
    listOf(values),
    keys.length,
  );
  keepAlive(...keys, ...values);
}
