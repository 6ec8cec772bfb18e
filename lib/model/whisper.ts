/**
 * A Whisper model: an encoder and a decoder session over one checkpoint. After `Whisper` of openai/whisper's
 * `model.py`.
 */
import { outOfRange, wrongArgument } from "../errors.ts";
import type { OrtLibrary } from "../../ffi/library.ts";
import { NativeMemory } from "../../ffi/native_memory.ts";
import type { Session } from "../../ffi/session.ts";
import type { SessionOptions } from "../../ffi/session_options.ts";
import type { AlignmentHead, Checkpoint, ModelDimensions } from "../checkpoint/types.ts";
import { EncodedAudio } from "./encoded_audio.ts";
import { modelFamily } from "./family.ts";
import { attentionScores } from "./inference/attention_scores.ts";
import { encodeWindows } from "./inference/encode_windows.ts";
import { DecoderInference } from "./inference/inference.ts";
import { DecoderScheduler } from "./inference/scheduler.ts";
import {
  createSessions,
  type GraphName,
  modelGraphs,
  type RefusedGraph,
  type SessionPlan,
  weightStages,
} from "./model_sessions.ts";
import { FLOAT32, type Precision } from "./precision.ts";
import type {
  AudioFeatures,
  CrossAttention,
  EmbedOptions,
  EncoderDecoder,
  Inference,
  ModelFamily,
} from "./types.ts";
import type { WeightSource } from "./weights/graph_weights.ts";

/** The heads taken when nobody has measured which follow the audio: the second half of the layers. */
export function defaultAlignmentHeads({ nTextLayer, nTextHead }: ModelDimensions): AlignmentHead[] {
  const heads: AlignmentHead[] = [];
  for (let layer = nTextLayer >> 1; layer < nTextLayer; layer++) {
    for (let head = 0; head < nTextHead; head++) heads.push([layer, head]);
  }
  return heads;
}

/** An encoder and a decoder, ready to run. Whoever creates it disposes it. */
export class Whisper implements EncoderDecoder, Disposable {
  readonly dims: ModelDimensions;
  readonly family: ModelFamily;
  #alignmentHeads: readonly AlignmentHead[];
  readonly #encoder: Session;
  readonly #decoder: Session;
  /** Gives the runs of both sessions their turns. */
  readonly #scheduler: DecoderScheduler;
  /** Whether it was trained to translate. Whoever loads it knows; by default it was. */
  translates = true;
  /** What its provider does not take, and the CPU runs. */
  refusedGraphs: readonly RefusedGraph[] = [];
  #disposed = false;

  private constructor(encoder: Session, decoder: Session, dims: ModelDimensions, family: ModelFamily) {
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#scheduler = new DecoderScheduler(decoder);
    this.dims = dims;
    this.family = family;
    this.#alignmentHeads = defaultAlignmentHeads(dims);
  }

  /**
   * Creates both sessions off the event loop.
   *
   * @param options Where the sessions run and find `source`'s files.
   * @param precision The types it computes and remembers in. @default {FLOAT32}
   * @throws {CheckpointFormatError} when nothing tells what the tokens of the vocabulary are.
   * @throws {OrtError} when ONNX Runtime refuses the model or the device.
   * @throws the reason of the options' signal when it is aborted.
   */
  static async create(
    library: OrtLibrary,
    source: WeightSource,
    options: SessionOptions,
    precision: Precision = FLOAT32,
  ): Promise<Whisper> {
    const stages = weightStages(precision);
    const graphs = modelGraphs(source, precision, stages);
    using ready = new DisposableStack();
    const plan = async (name: GraphName): Promise<SessionPlan> => {
      const graph = graphs[name], stage = stages?.[name];
      if (stage === undefined) return { graph, options };
      const memory = ready.use(new NativeMemory(library, stage.byteLength));
      await stage.make(library, source, options, (bytes, offset) => memory.bytes.set(bytes, offset));
      return { graph, options: { ...options, externalFiles: new Map([[stage.location, memory]]) } };
    };
    const plans = { encoder: await plan("encoder"), decoder: await plan("decoder") };
    return await Whisper.fromGraphs(library, source.checkpoint, plans);
  }

  /**
   * Creates both sessions from graphs that were written before, as {@linkcode Whisper.create} does.
   *
   * @param checkpoint What the model is, besides its graphs.
   */
  static async fromGraphs(
    library: OrtLibrary,
    checkpoint: Omit<Checkpoint, "tensors">,
    plans: Record<GraphName, SessionPlan>,
  ): Promise<Whisper> {
    const family = modelFamily(checkpoint);
    const { encoder: { graph, options }, decoder: decoderPlan } = plans;
    // Between two windows, many tokens are decoded. What the encoder works in is more than all the rest.
    const encoderPlan = { graph, options: { ...options, keepsMemory: false } };
    const refused: RefusedGraph[] = [];
    const plansOfBoth = { encoder: encoderPlan, decoder: decoderPlan };
    const sessions = await createSessions(
      library,
      plansOfBoth,
      checkpoint.dims,
      (graph) => refused.push(graph),
    );
    const whisper = new Whisper(sessions.encoder, sessions.decoder, checkpoint.dims, family);
    whisper.refusedGraphs = refused;
    return whisper;
  }

  get alignmentHeads(): readonly AlignmentHead[] {
    return this.#alignmentHeads;
  }

  /**
   * Sets the cross-attention heads that word timestamps come from.
   *
   * @throws {RangeError} when there are none, or the model lacks one.
   */
  setAlignmentHeads(heads: readonly AlignmentHead[]): void {
    const { nTextLayer, nTextHead } = this.dims;
    const has = ([layer, head]: AlignmentHead) => isIndex(layer, nTextLayer) && isIndex(head, nTextHead);
    if (heads.length === 0 || !heads.every(has)) {
      throw outOfRange(
        "INVALID_INPUT",
        `Cannot use the alignment heads ${JSON.stringify(heads)}: wanted at least one [layer, head] of ` +
          `${nTextLayer} layers and ${nTextHead} heads`,
      );
    }
    this.#alignmentHeads = heads;
  }

  async embedAudio(mel: Float32Array, options: EmbedOptions = {}): Promise<AudioFeatures> {
    this.#assertUsable();
    const { nMels, windowFrames, framesPerPosition } = this.family;
    const { frames = windowFrames } = options;
    if (!isIndex(frames, windowFrames + 1) || frames === 0 || frames % framesPerPosition !== 0) {
      throw outOfRange(
        "INVALID_INPUT",
        `Cannot encode the audio: windows of ${frames} frames, wanted ${framesPerPosition} or a multiple up to ` +
          `${windowFrames}`,
      );
    }
    const windowSize = nMels * frames;
    const batch = mel.length / windowSize;
    if (!Number.isInteger(batch) || batch === 0) {
      throw outOfRange(
        "INVALID_INPUT",
        `Cannot encode the audio: ${mel.length} values are no whole number of windows of ${nMels} bands ` +
          `and ${frames} frames`,
      );
    }
    // A model that is disposed meanwhile finishes what waits.
    using encoder = this.#encoder.share();
    const { signal } = options;
    const positions = frames / framesPerPosition;
    const encode = () => encodeWindows(encoder, mel, { batch, frames, positions, signal });
    return await this.#scheduler.turns.alone(encode, { signal });
  }

  startInference(features: AudioFeatures): Inference {
    this.#assertUsable();
    return new DecoderInference(this.#scheduler, this.dims, encoded(features));
  }

  async crossAttention(
    features: AudioFeatures,
    tokens: readonly number[],
    { signal, window = 0 }: { signal?: AbortSignal; window?: number } = {},
  ): Promise<CrossAttention> {
    this.#assertUsable();
    using decoder = this.#decoder.share();
    using held = encoded(features, window).share();
    const { alignmentHeads } = this;
    const align = () => attentionScores(decoder, held, { tokens, window, alignmentHeads, signal });
    return await this.#scheduler.turns.alone(align, { signal, urgent: true });
  }

  #assertUsable(): void {
    if (this.#disposed) throw wrongArgument("MODEL_DISPOSED", "Cannot run the model: the model is disposed");
  }

  /** Lets the sessions go; what is under way is finished first. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#encoder[Symbol.dispose]();
    this.#decoder[Symbol.dispose]();
  }
}

function isIndex(value: number, length: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < length;
}

function encoded(features: AudioFeatures, window = 0): EncodedAudio {
  if (!(features instanceof EncodedAudio)) {
    throw wrongArgument("INVALID_INPUT", "Cannot decode: the audio features are not those of embedAudio()");
  }
  if (isIndex(window, features.batch)) return features;
  throw outOfRange(
    "INVALID_INPUT",
    `Cannot decode window ${window}: the audio features hold ${features.batch}, counted from 0`,
  );
}
