/** A run of the decoder for what its heads look at. */
import type { Session } from "../../../ffi/session.ts";
import type { AlignmentHead } from "../../checkpoint/types.ts";
import type { EncodedAudio } from "../encoded_audio.ts";
import { DecoderRun } from "./decoder_run.ts";
import { KvSlots } from "./kv_slots.ts";
import type { CrossAttention } from "../types.ts";

/** Runs the decoder on all tokens at once, and gives the scores of some heads. */
export async function attentionScores(
  decoder: Session,
  features: EncodedAudio,
  { tokens, window, alignmentHeads, signal }: {
    readonly tokens: readonly number[];
    readonly window: number;
    readonly alignmentHeads: readonly AlignmentHead[];
    readonly signal?: AbortSignal;
  },
): Promise<CrossAttention> {
  const { positions } = features;
  const count = tokens.length;
  using slots = new KvSlots(decoder);
  slots.add(1);
  using views = new DisposableStack();
  const held = (tensors: ReturnType<KvSlots["views"]>) => {
    for (const [, tensor] of tensors) views.use(tensor);
    return tensors;
  };
  const kv = held(slots.views(0, 1)), cross = held(features.windows[window].views());
  const size = { rows: 1, count, windows: 1, rowsPerWindow: 1, selected: count };
  const layers = [...new Set(alignmentHeads.map(([layer]) => layer))];
  const heads = Math.max(0, ...alignmentHeads.map(([, head]) => head)) + 1;
  using run = new DecoderRun(decoder, { size, kv, cross, positions, scores: { layers, heads } });
  await run.run([{ tokens, past: 0, positions: [...tokens.keys()], window: 0 }], signal);
  const plane = count * positions;
  const scores = new Float32Array(alignmentHeads.length * plane);
  alignmentHeads.forEach(([layer, head], i) => {
    scores.set(run.scores.get(layer)!.data.subarray(head * plane, (head + 1) * plane), i * plane);
  });
  return { logits: run.logits!.data.slice(), scores };
}
