/** The graphs of a model, and the sessions made of them. */
import type { Graph } from "../../ffi/graph.ts";
import type { ExecutionProvider } from "../../ffi/execution_provider.ts";
import type { OrtLibrary } from "../../ffi/library.ts";
import { Session } from "../../ffi/session.ts";
import type { SessionOptions, SessionPlace } from "../../ffi/session_options.ts";
import { OrtError } from "../../ffi/errors/ort_error.ts";
import type { ModelDimensions } from "../checkpoint/types.ts";
import { decoderGraph } from "./decoder_graph.ts";
import { encoderGraph } from "./encoder_graph.ts";
import type { Precision } from "./precision.ts";
import type { ConstantStage, WeightSource } from "./weights/graph_weights.ts";
import { WeightStage } from "./weights/weight_stage.ts";

/** The graphs of a model. */
export type GraphName = "encoder" | "decoder";

/** What a session is created from. */
export interface SessionPlan {
  readonly graph: Graph;
  readonly options: SessionOptions;
}

/**
 * Where weights are quantised a few at a time, before the sessions are created. As floating-point numbers they take no more
 * than what they come to: then there is nothing.
 */
export function weightStages({ compute, linear }: Precision): Record<GraphName, WeightStage> | undefined {
  if (Object.values(linear).every((kind) => kind === "float")) return undefined;
  const stage = (name: GraphName) => new WeightStage(`${name}.ready.bin`, compute);
  return { encoder: stage("encoder"), decoder: stage("decoder") };
}

/**
 * Writes the graphs of a model.
 *
 * @param stages Where their weights are made ready before. Default: the graphs do it.
 */
export function modelGraphs(
  source: WeightSource,
  precision: Precision,
  stages?: Readonly<Record<GraphName, ConstantStage>>,
): Record<GraphName, Graph> {
  return {
    encoder: encoderGraph(source, precision, stages?.encoder),
    decoder: decoderGraph(source, precision, stages?.decoder),
  };
}

/** A graph that its provider refused, and that runs on the CPU instead. */
export interface RefusedGraph {
  readonly graph: GraphName;
  readonly reason: OrtError;
}

const GRAPH_NAMES = ["encoder", "decoder"] as const satisfies readonly GraphName[];

/** Providers that take a whole model or none of it. */
const WHOLE: readonly ExecutionProvider[] = ["cpu", "cuda"];

/**
 * The widest model both of whose sessions are made at once, small's. What making one takes beside its weights is as much
 * again in float32, as these are packed.
 */
const WIDEST_AT_ONCE = 768;

/**
 * Creates the sessions of a model off the event loop: both, or none. Whoever asks for them disposes them.
 *
 * @param dims The model's.
 * @param onRefused Told of a graph that its provider refuses where it takes the other: that one runs on the CPU then.
 * Default: it is an error.
 */
export async function createSessions(
  library: OrtLibrary,
  plans: Record<GraphName, SessionPlan>,
  { nAudioState }: Pick<ModelDimensions, "nAudioState">,
  onRefused?: (refused: RefusedGraph) => void,
): Promise<Record<GraphName, Session>> {
  const create = (name: GraphName, place?: SessionPlace) => {
    const { graph, options } = plans[name];
    return Session.create(library, graph, { ...options, ...place });
  };
  let before: Promise<unknown> = Promise.resolve();
  const createInTurn = (name: GraphName) => {
    const session = before.then(() => create(name));
    if (nAudioState > WIDEST_AT_ONCE) before = session.catch(() => {});
    return session;
  };
  const created = await Promise.allSettled(GRAPH_NAMES.map(createInTurn));
  const failures = created.flatMap((result, i) =>
    result.status === "rejected" ? [[i, result.reason] as const] : []
  );
  if (onRefused !== undefined && failures.length === 1) {
    const [[i, reason]] = failures, graph = GRAPH_NAMES[i];
    if (reason instanceof OrtError && !WHOLE.includes(plans[graph].options.provider)) {
      [created[i]] = await Promise.allSettled([create(graph, { provider: "cpu" })]);
      onRefused({ graph, reason });
    }
  }
  const failed = created.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    for (const result of created) if (result.status === "fulfilled") result.value[Symbol.dispose]();
    throw failed.reason;
  }
  const [encoder, decoder] = created.map((result) => (result as PromiseFulfilledResult<Session>).value);
  return { encoder, decoder };
}
