/** A device with memory of its own, without such a device: ONNX Runtime is told it has one. */
import { openLibrary } from "../ffi/library.ts";
import { cudaCopies } from "../ffi/providers/cuda/copies.ts";
import { withCalls } from "./balance.ts";

const library = await openLibrary();

/** The first element behind an `OrtValue*`. */
function elementOf(value: number): number {
  const address = library.create((out) => library.api.GetTensorMutableData(value, out));
  return new Int32Array(library.ffi.view(address, 4))[0];
}

function nameOf(name: Uint8Array): string {
  return new TextDecoder().decode(name.subarray(0, -1));
}

/**
 * Lets sessions of the provider "cuda" run on the CPU while `body` runs, and gives what is asked of them in order: an
 * input that is bound, with its first element as 32 bits, a copy in its memory, and a run.
 */
export async function onDevice(body: () => Promise<void>): Promise<string[]> {
  const events: string[] = [];
  const { start } = cudaCopies;
  cudaCopies.start = () => ({
    copy(target, source, bytes) {
      events.push("copy");
      new Uint8Array(library.ffi.view(target, bytes)).set(new Uint8Array(library.ffi.view(source, bytes)));
    },
    [Symbol.dispose]() {},
  });
  using _restored = { [Symbol.dispose]: () => void (cudaCopies.start = start) };
  await withCalls({
    CreateCUDAProviderOptions: () => {},
    UpdateCUDAProviderOptions: () => {},
    SessionOptionsAppendExecutionProvider_CUDA_V2: () => {},
    ReleaseCUDAProviderOptions: () => {},
    // Its memory is the processor's, by another name.
    CreateMemoryInfo: (call, name) => {
      (name as Uint8Array).set(new TextEncoder().encode("Cpu\0"));
      call();
    },
    BindInput: (call, _binding, name, value) => {
      events.push(`bind ${nameOf(name as Uint8Array)} = ${elementOf(value as number)}`);
      call();
    },
    RunWithBinding: (call) => {
      events.push("run");
      return call();
    },
  }, body);
  return events;
}
