/**
 * From a name, a path or an address to a model ready to run. After `load_model` of openai/whisper's
 * `__init__.py`.
 */
import { createOnDevice, type Device } from "../ffi/execution_provider.ts";
import { openLibrary } from "../ffi/library.ts";
import type { ModelName } from "./checkpoint/registry.ts";
import type { Checkpoint } from "./checkpoint/types.ts";
import { buildModel } from "./loading/build_model.ts";
import { checkLoadArguments, type LoadModelOptions } from "./loading/load_options.ts";
import { buildPrepared } from "./loading/prepared/build_prepared.ts";
import { prepareAndBuild } from "./loading/prepared/prepare_checkpoint.ts";
import { tryDevice } from "./loading/try_device.ts";
import { openReadyCheckpoint, type ReadyCheckpoint } from "./loading/ready_checkpoint.ts";
import { modelFamily } from "./model/family.ts";
import type { WhisperModel } from "./whisper_model.ts";

/** Does what `loadModel` says. */
export async function openModel(
  source: ModelName | URL,
  options: LoadModelOptions,
): Promise<WhisperModel> {
  const given = checkLoadArguments(source, options);
  const { signal, threads, onWarning } = given;
  signal?.throwIfAborted();
  const device = deviceOf(given);
  const library = await openLibrary({ library: given.library, device });
  await using opened = new AsyncDisposableStack();
  const building = { ...given, onCreating: makeUseReady };
  let checkpoint: ReadyCheckpoint | undefined;
  const made = await createOnDevice(library, device, async (at) => {
    const place = { ...at, cuda: given.cuda };
    // A device that cannot be had is no reason to fetch gigabytes first.
    await tryDevice(library, place, signal);
    const prepared = await buildPrepared(library, source, place, building);
    if (prepared !== undefined) return prepared;
    const ready = checkpoint ??= opened.use(await openReadyCheckpoint(library, source, given));
    return await prepareAndBuild(library, ready, place, building) ??
      await buildModel(library, ready, place, building);
  });
  const { value: { whisper, precision }, report, warning } = made;
  if (warning !== undefined) onWarning?.(warning);
  const refused = whisper.refusedGraphs.map(({ graph, reason }) =>
    `The ${graph} runs on the CPU, as the device does not take it: ${reason.message}`
  );
  const onForgotten = () =>
    onWarning?.(
      `The model ${source} was not disposed, only found by the garbage collector: load it with "using", or call its ` +
        "[Symbol.dispose]()",
    );
  const openSpeechModel = async () => {
    const { SpeechModel } = await import("./vad/silero/speech_model.ts");
    return await SpeechModel.open(library, { threads });
  };
  const openVoiceEncoder = async () => {
    const { VoiceEncoder } = await import("./speakers/ge2e/voice_encoder.ts");
    return await VoiceEncoder.open(library, { threads });
  };
  const { LoadedModel } = await import("./loaded_model.ts");
  const deviceReport = [...report, ...refused];
  const info = {
    device: made.device,
    deviceReport,
    precision,
    openSpeechModel,
    openVoiceEncoder,
    onForgotten,
  };
  return new LoadedModel(whisper, info);
}

/** Imports what a model is used by, and sets it up: while sessions are created this thread has nothing to do. */
function makeUseReady(checkpoint: Omit<Checkpoint, "tensors">): void {
  import("./loaded_model.ts")
    .then(({ LoadedModel }) => LoadedModel.makeReady(modelFamily(checkpoint)))
    .catch(() => {}); // Whoever needs it is told then.
}

/** Where the model is to run: one in int8 only can on the CPU. */
function deviceOf({ device = "auto", precision }: LoadModelOptions): Device {
  return device === "auto" && precision === "int8" ? "cpu" : device;
}
