/**
 * Silero VAD as a session of ours: frames of sound in, for each the probability that somebody speaks in it. The graph
 * takes many frames at once, so that a call of the library serves seconds of sound.
 */
import { embeddedWeights } from "../../bytes/embedded.ts";
import { allocate, specOf } from "../../../ffi/graph.ts";
import type { OrtLibrary } from "../../../ffi/library.ts";
import { Session } from "../../../ffi/session.ts";
import type { Tensor } from "../../../ffi/value.ts";
import { CONTEXT_SAMPLES, FRAME_SAMPLES, speechGraph, type SpeechWeights } from "./speech_graph.ts";

export { FRAME_SAMPLES };

/** Most frames of a run: 8 s. */
export const MOST_FRAMES = 256;

/** The model's session. Whoever opens it disposes it; what it listens to keeps it meanwhile. */
export class SpeechModel implements Disposable {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** Creates the session, on the processor, off the event loop. @throws {OrtError} when the library refuses it. */
  static async open(library: OrtLibrary, options: { readonly threads?: number } = {}): Promise<SpeechModel> {
    const graph = speechGraph(await readWeights());
    return new SpeechModel(await Session.create(library, graph, { provider: "cpu", ...options }));
  }

  /** Begins to listen to a recording. Whoever begins disposes. */
  listen(): SpeechListener {
    return new SpeechListener(this.#session.share());
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}

/** What the model remembers of one recording. */
export class SpeechListener implements Disposable {
  readonly #session: Session;
  /** What is remembered, and where the next run writes it. */
  #before: Memory;
  #after: Memory;
  readonly #context = new Float32Array(CONTEXT_SAMPLES);

  /** Takes the share of the session over. Use `SpeechModel.listen`. */
  constructor(session: Session) {
    this.#session = session;
    this.#before = new Memory(session);
    this.#after = new Memory(session);
  }

  /**
   * Listens to the next frames.
   *
   * @param samples Mono samples at 16 kHz, full scale being 1: whole frames of 512, at most {@linkcode MOST_FRAMES}.
   * @returns The probability of speech in each.
   */
  async hear(samples: Float32Array, signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>> {
    const frames = samples.length / FRAME_SAMPLES;
    const { library, inputs, outputs } = this.#session;
    using input = allocate(library, specOf(inputs, "input", "float32"), { frames });
    using probabilities = allocate(library, specOf(outputs, "speech_probs", "float32"), { frames });
    fillFrames(input.data, samples, this.#context);
    using binding = this.#session.bind();
    binding.constant("input", input).output("speech_probs", probabilities);
    binding.constant("h", this.#before.hidden).output("hn", this.#after.hidden);
    binding.constant("c", this.#before.cell).output("cn", this.#after.cell);
    await this.#session.run(binding, signal);
    [this.#before, this.#after] = [this.#after, this.#before];
    this.#context.set(samples.subarray(samples.length - CONTEXT_SAMPLES));
    return probabilities.data.slice();
  }

  [Symbol.dispose](): void {
    this.#before[Symbol.dispose]();
    this.#after[Symbol.dispose]();
    this.#session[Symbol.dispose]();
  }
}

/** The state of the recurrent layer. */
class Memory implements Disposable {
  readonly hidden: Tensor<"float32">;
  readonly cell: Tensor<"float32">;

  constructor({ library, inputs }: Session) {
    this.hidden = allocate(library, specOf(inputs, "h", "float32"));
    this.cell = allocate(library, specOf(inputs, "c", "float32"));
    this.hidden.data.fill(0);
    this.cell.data.fill(0);
  }

  [Symbol.dispose](): void {
    this.hidden[Symbol.dispose]();
    this.cell[Symbol.dispose]();
  }
}

/** Writes each frame with the end of the one before. */
function fillFrames(input: Float32Array, samples: Float32Array, context: Float32Array): void {
  const rowLength = CONTEXT_SAMPLES + FRAME_SAMPLES;
  input.set(context);
  for (let start = 0, row = 0; start < samples.length; start += FRAME_SAMPLES, row += rowLength) {
    const from = start === 0 ? 0 : start - CONTEXT_SAMPLES;
    input.set(samples.subarray(from, start + FRAME_SAMPLES), row + CONTEXT_SAMPLES - (start - from));
  }
}

/** Reads the embedded weights. */
async function readWeights(): Promise<SpeechWeights> {
  const { WEIGHT_SIZES, WEIGHTS_BASE64 } = await import("./speech_weights.ts");
  return await embeddedWeights(WEIGHTS_BASE64, WEIGHT_SIZES, Float32Array);
}
