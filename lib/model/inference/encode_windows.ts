/** A run of the encoder. */
import { allocate, specOf } from "../../../ffi/graph.ts";
import type { Session } from "../../../ffi/session.ts";
import { EncodedAudio } from "../encoded_audio.ts";
import type { AudioFeatures } from "../types.ts";

/** Runs the encoder on windows `(batch, nMels, frames)`. */
export async function encodeWindows(
  encoder: Session,
  mel: Float32Array,
  { batch, frames, positions, signal }: {
    readonly batch: number;
    readonly frames: number;
    readonly positions: number;
    readonly signal?: AbortSignal;
  },
): Promise<AudioFeatures> {
  const { library, inputs } = encoder;
  using input = allocate(library, specOf(inputs, "mel", "float32"), { batch, frames });
  input.data.set(mel);
  using features = EncodedAudio.allocate(encoder, { batch, positions });
  using binding = encoder.bind();
  binding.constant("mel", input);
  for (const [name, tensor] of features.outputs) binding.output(name, tensor);
  await encoder.run(binding, signal);
  return features.share();
}
