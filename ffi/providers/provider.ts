/** What there is to know of an execution provider. One file a provider; `execution_provider.ts` lists them. */
import type { OrtLibrary } from "../library.ts";
import type { Pointer } from "../types.ts";

/** An execution provider: what runs the nodes of a graph. */
export interface Provider<Name extends string = string> {
  /** As `device` names it. */
  readonly name: Name;
  /** As reports name it. */
  readonly title: string;
  /**
   * What ONNX Runtime calls the memory its nodes read. None: the processor's, where all tensors are; what a node
   * reads elsewhere is copied when it is bound, not when it runs.
   */
  readonly deviceMemory?: string;
  /** What ONNX Runtime calls the memory that runs work in, where it is to be shrunk after one. */
  readonly arena?: string;
  /**
   * Adds the provider to session options.
   *
   * @throws {OrtError} when it cannot be used; the message says what is missing.
   */
  append(library: OrtLibrary, sessionOptions: Pointer): void;
}
