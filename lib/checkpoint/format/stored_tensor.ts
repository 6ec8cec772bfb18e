/** What a file of weights holds, of a model or beside it. */
import type { TensorEntry } from "../types.ts";

/** A tensor of whole numbers or truth values. No Whisper model has one, so none is ever read. */
export class IntegerTensor {
  constructor(readonly dtype: string) {}
}

/** A tensor of a file. */
export type StoredTensor = TensorEntry | IntegerTensor;
