/**
 * The laws of the house, as data: what each folder may import, which files stand on `lib/`'s top floor, how many
 * files a folder holds, and whose name belongs to one file. `check_imports.ts` holds the code against them.
 */

/** What the files under a path may import. The first law whose path fits a file is its law. */
export interface ImportLaw {
  /** A file, or a folder with its slash. */
  readonly path: string;
  /** The files and folders it may import, its own folder included. */
  readonly may: readonly string[];
  /** Whether it may import the runtimes' `node:` modules. */
  readonly node: boolean;
}

/** Small files that everything in `lib/` may import. They import nothing but each other. */
const LEAVES = [
  "lib/errors.ts",
  "lib/std.ts",
  "lib/options/",
  "lib/python/",
  "lib/async/",
  "lib/bytes/",
  // What a denied permission is called: a fact of the runtime, and for every message.
  "ffi/permission.ts",
];

/** The contracts that everything below the use cases sees of a model and of a checkpoint. */
const MODEL_TYPES = "lib/model/types.ts";
const CHECKPOINT_TYPES = "lib/checkpoint/types.ts";

/** What runs in browsers: the page of the server, and that of a transcription, which takes its player from there. */
const PAGE_CLIENT = "lib/http/page/client/";
const REPORT_CLIENT = "lib/writers/report/client/";

/**
 * Arrows run one way: cli → commands → server → http → mod → load_model → open_model → loaded_model, loading →
 * transcription → decoding, timing → model → checkpoint/types, ffi and the leaves.
 */
export const IMPORT_LAWS: readonly ImportLaw[] = [
  { path: "mod.ts", may: ["lib/", "ffi/"], node: false },
  { path: "ffi/", may: ["ffi/"], node: true },
  { path: "lib/errors.ts", may: [], node: false },
  { path: "lib/std.ts", may: [], node: true },
  { path: "lib/options/", may: ["lib/options/", "lib/errors.ts"], node: false },
  // Where Bun has pako.
  { path: "lib/python/", may: ["lib/python/", "ffi/system/bun_package.ts"], node: false },
  { path: "lib/async/", may: ["lib/async/"], node: true },
  { path: "lib/bytes/", may: ["lib/bytes/"], node: true },
  // Preparing a model is loading one; it is imported when it is asked for.
  { path: "lib/cache.ts", may: ["lib/checkpoint/", "lib/loading/"], node: true },
  { path: "lib/cli.ts", may: ["lib/commands/", "deno.json"], node: true },
  {
    path: "lib/commands/",
    may: [
      "mod.ts",
      "lib/cache.ts",
      "lib/server.ts",
      "lib/queue.ts",
      "lib/http/",
      "lib/commands/",
      "lib/checkpoint/",
      "lib/transcription/",
      // The options of aligning and listening, to check them before a model is loaded, and those of a job before Redis
      // is asked.
      "lib/alignment/align_options.ts",
      "lib/live/live_options.ts",
      "lib/queue/jobs/check_job.ts",
      "lib/writers/",
      "lib/regroup/regrouping.ts",
      "lib/speakers/speaker_options.ts",
      "lib/eval/",
      "lib/text/",
      "lib/tokenizer/",
      "lib/doctor/",
      // What a file is by its first bytes, before a model is loaded.
      "lib/audio/format.ts",
      // The devices and precisions that can be asked for.
      "ffi/execution_provider.ts",
      "lib/loading/model_precision.ts",
    ],
    node: true,
  },
  // What a machine is, and a model of its own to prove it.
  {
    path: "lib/doctor/",
    may: [
      "lib/doctor/",
      "lib/cache.ts",
      "lib/checkpoint/",
      "lib/loaded_model.ts",
      "lib/model/",
      "lib/audio/",
      "ffi/",
      "deno.json",
    ],
    node: true,
  },
  // The model is loaded through the public surface, when it is asked for.
  { path: "lib/server.ts", may: ["mod.ts", "lib/http/", "lib/queue/front/"], node: false },
  // It keeps its models as a server does, and checks as that does how they are loaded and used.
  {
    path: "lib/ai_sdk.ts",
    may: [
      "mod.ts",
      "lib/http/work/",
      "lib/loading/load_options.ts",
      "lib/transcription/transcribe_settings.ts",
    ],
    node: false,
  },
  // A worker keeps its models as a server does, and takes its turns.
  { path: "lib/queue.ts", may: ["mod.ts", "lib/queue/", "lib/http/work/served_models.ts"], node: false },
  // Addresses and connections: it knows no job.
  { path: "lib/queue/address/", may: ["lib/queue/address/"], node: true },
  // A file, hashed as a checkpoint is, and handed over as audio that is open.
  {
    path: "lib/queue/sound/",
    may: [
      "mod.ts",
      "lib/queue/sound/",
      "lib/queue/address/",
      "lib/queue/job.ts",
      "lib/audio/input/",
      "lib/checkpoint/hash.ts",
      "lib/checkpoint/file_identity.ts",
      // Where Bun has what signs requests.
      "ffi/system/bun_package.ts",
    ],
    node: true,
  },
  { path: "lib/queue/webhook/", may: ["lib/queue/webhook/", "lib/queue/address/"], node: true },
  // Where to cut a recording, the part of it that a job hears, and the whole made of the parts.
  {
    path: "lib/queue/parts/",
    may: [
      "mod.ts",
      "lib/queue/parts/",
      "lib/queue/job.ts",
      "lib/audio/log_mel_spectrogram.ts",
      "lib/audio/recording/",
      "lib/vad/",
      "ffi/library.ts",
    ],
    node: false,
  },
  // What a server asks of what transcribes, answered by a queue.
  {
    path: "lib/queue/front/",
    may: [
      "mod.ts",
      "lib/queue/",
      "lib/http/work/",
      "lib/http/operation/metrics.ts",
      "lib/http/api_error.ts",
    ],
    node: true,
  },
  {
    path: "lib/queue/",
    may: [
      "mod.ts",
      "lib/queue/",
      "lib/http/work/",
      // What a worker holds, to tell where speech is.
      "lib/vad/lazy_speech_model.ts",
      // Options are checked before a job is sent, and before a model is loaded for it.
      "lib/loading/load_options.ts",
      "lib/transcription/transcribe_settings.ts",
      // Where Bun has BullMQ.
      "ffi/system/bun_package.ts",
    ],
    node: true,
  },
  // What runs in browsers has nothing but itself.
  { path: PAGE_CLIENT, may: [PAGE_CLIENT], node: false },
  { path: REPORT_CLIENT, may: [REPORT_CLIENT, PAGE_CLIENT], node: false },
  {
    path: "lib/http/",
    may: [
      "mod.ts",
      "lib/http/",
      // Their names, and what may be meant by one.
      "lib/checkpoint/registry.ts",
      "lib/checkpoint/model_names.ts",
      // Options are checked before a model is loaded for them.
      "lib/loading/load_options.ts",
      "lib/transcription/transcribe_settings.ts",
      "lib/tokenizer/languages.ts",
      "lib/writers/",
      // Where Bun has the parser of forms.
      "ffi/system/bun_package.ts",
    ],
    node: true,
  },
  // What it loads with is imported when it is called.
  {
    path: "lib/load_model.ts",
    may: [
      "lib/open_model.ts",
      "lib/whisper_model.ts",
      "lib/options/",
      "lib/loading/load_options.ts",
      "lib/checkpoint/registry.ts",
    ],
    node: false,
  },
  {
    path: "lib/open_model.ts",
    may: [
      "lib/loaded_model.ts",
      "lib/whisper_model.ts",
      "lib/loading/",
      "lib/model/",
      "lib/checkpoint/",
      "lib/vad/",
      "lib/speakers/",
      "ffi/",
    ],
    node: false,
  },
  {
    path: "lib/loaded_model.ts",
    may: [
      "lib/loaded_model/",
      "lib/whisper_model.ts",
      "lib/loading/model_precision.ts",
      "lib/alignment/",
      "lib/text/",
      "lib/transcription/",
      "lib/decoding/",
      "lib/tokenizer/",
      "lib/audio/",
      "lib/speakers/",
      "lib/live/",
      MODEL_TYPES,
      CHECKPOINT_TYPES,
      "ffi/",
    ],
    node: false,
  },
  {
    path: "lib/loaded_model/",
    may: [
      "lib/loaded_model/",
      "lib/whisper_model.ts",
      "lib/transcription/",
      "lib/audio/",
      "lib/vad/",
      "lib/speakers/",
      MODEL_TYPES,
    ],
    node: false,
  },
  // The public face of a model: types, and no code.
  {
    path: "lib/whisper_model.ts",
    may: [
      "lib/alignment/",
      "lib/transcription/",
      "lib/decoding/",
      "lib/audio/",
      "lib/vad/vad_options.ts",
      "lib/speakers/speaker_options.ts",
      "lib/speakers/speaker_turns.ts",
      "lib/live/",
      "lib/loading/model_precision.ts",
      MODEL_TYPES,
      CHECKPOINT_TYPES,
      "ffi/",
    ],
    node: false,
  },
  { path: "lib/loading/", may: ["lib/loading/", "lib/model/", "lib/checkpoint/", "ffi/"], node: true },
  // A stream, utterance by utterance, each as a window of a recording.
  {
    path: "lib/live/",
    may: [
      "lib/live/",
      "lib/transcription/",
      "lib/decoding/",
      "lib/timing/",
      "lib/tokenizer/",
      "lib/audio/",
      "lib/vad/vad_options.ts",
      MODEL_TYPES,
    ],
    node: false,
  },
  // A recording, transcribed and then matched with its text.
  {
    path: "lib/alignment/",
    may: [
      "lib/alignment/",
      "lib/transcription/",
      "lib/decoding/",
      "lib/timing/",
      "lib/tokenizer/",
      "lib/eval/",
      "lib/audio/log_mel_spectrogram.ts",
      "lib/audio/mel/mel_source.ts",
      "lib/audio/mel/streamed_mel.ts",
      "lib/vad/vad_options.ts",
      MODEL_TYPES,
    ],
    node: false,
  },
  // Texts alone: it knows no model.
  { path: "lib/eval/", may: ["lib/eval/"], node: false },
  { path: "lib/text/", may: ["lib/text/"], node: false },
  {
    path: "lib/writers/",
    may: [
      "lib/writers/",
      "lib/regroup/",
      "lib/text/display_width.ts",
      "lib/transcription/segments.ts",
      // What of a transcription and of its recording is drawn: types, and no code.
      "lib/transcription/explain.ts",
      "lib/audio/waveform/waveform_meter.ts",
    ],
    node: false,
  },
  {
    path: "lib/regroup/",
    may: ["lib/regroup/", "lib/transcription/segments.ts", "lib/speakers/speaker_turns.ts"],
    node: false,
  },
  {
    path: "lib/transcription/",
    may: [
      "lib/transcription/",
      "lib/confidence/",
      "lib/regroup/",
      "lib/decoding/",
      "lib/timing/",
      "lib/tokenizer/",
      "lib/audio/log_mel_spectrogram.ts",
      "lib/audio/mel/mel_source.ts",
      "lib/audio/mel/streamed_mel.ts",
      "lib/audio/searched_audio.ts",
      // What is speech, in numbers: the model that says so is handed in.
      "lib/vad/speech_spans.ts",
      "lib/vad/speech_timeline.ts",
      "lib/vad/vad_options.ts",
      // Who speaks when, and how many may: what tells voices is handed in.
      "lib/speakers/speaker_options.ts",
      "lib/speakers/speaker_turns.ts",
      MODEL_TYPES,
    ],
    node: false,
  },
  // Numbers of a segment alone.
  {
    path: "lib/confidence/",
    may: ["lib/confidence/", "lib/transcription/segments.ts", CHECKPOINT_TYPES],
    node: false,
  },
  { path: "lib/decoding/", may: ["lib/decoding/", "lib/tokenizer/", MODEL_TYPES], node: false },
  { path: "lib/timing/", may: ["lib/timing/", "lib/tokenizer/", MODEL_TYPES], node: false },
  { path: MODEL_TYPES, may: [CHECKPOINT_TYPES], node: false },
  {
    path: "lib/model/family.ts",
    may: ["lib/audio/log_mel_spectrogram.ts", "lib/tokenizer/languages.ts", MODEL_TYPES, CHECKPOINT_TYPES],
    node: false,
  },
  { path: "lib/model/", may: ["lib/model/", CHECKPOINT_TYPES, "ffi/"], node: false },
  // It writes its own graph, as the models do.
  {
    path: "lib/vad/",
    may: ["lib/vad/", "lib/model/onnx_writer.ts", "lib/audio/log_mel_spectrogram.ts", "ffi/"],
    node: false,
  },
  // As there; spectra are those of the spectrogram.
  {
    path: "lib/speakers/",
    may: [
      "lib/speakers/",
      "lib/model/onnx_writer.ts",
      "lib/audio/log_mel_spectrogram.ts",
      "lib/audio/mel/",
      "lib/vad/speech_spans.ts",
      "ffi/",
    ],
    node: false,
  },
  { path: "lib/audio/", may: ["lib/audio/"], node: true },
  { path: "lib/tokenizer/", may: ["lib/tokenizer/", MODEL_TYPES], node: false },
  { path: CHECKPOINT_TYPES, may: [], node: false },
  {
    path: "lib/checkpoint/format/",
    may: ["lib/checkpoint/format/", CHECKPOINT_TYPES],
    node: true,
  },
  {
    path: "lib/checkpoint/download/",
    may: [
      "lib/checkpoint/download/",
      "lib/checkpoint/hash.ts",
      "lib/checkpoint/file_identity.ts",
      "lib/checkpoint/files_in_use.ts",
    ],
    node: true,
  },
  {
    path: "lib/checkpoint/cache/",
    may: [
      "lib/checkpoint/cache/",
      "lib/checkpoint/hash.ts",
      "lib/checkpoint/file_identity.ts",
      "lib/checkpoint/files_in_use.ts",
      "lib/checkpoint/progress.ts",
      "lib/checkpoint/registry.ts",
    ],
    node: true,
  },
  { path: "lib/checkpoint/", may: ["lib/checkpoint/"], node: true },
].map((law) => mayTakeLeaves(law) ? { ...law, may: [...law.may, ...LEAVES] } : law);

function mayTakeLeaves({ path }: ImportLaw): boolean {
  return path.startsWith("lib/") && !/\/client\/$/.test(path) && !LEAVES.includes(path);
}

/**
 * All that is loaded with `mod.ts`, and no module of the runtimes or of a package: errors to catch, sums over samples,
 * and the doors to the rest, which `import()` it when they are called.
 */
export const LOADED_WITH_MOD: readonly string[] = [
  "mod.ts",
  "ffi/errors/",
  "ffi/onnxruntime_version.ts",
  "ffi/permission.ts",
  "ffi/providers/device_error.ts",
  "ffi/system/library_obstacle.ts",
  "lib/errors.ts",
  "lib/load_model.ts",
  "lib/options/",
  "lib/async/time_slice.ts",
  "lib/audio/decode.ts",
  "lib/audio/log_mel_spectrogram.ts",
  "lib/audio/mel/",
  "lib/audio/pad_or_trim.ts",
  "lib/audio/samples.ts",
  "lib/audio/waveform/measure_waveform.ts",
  "lib/checkpoint/registry.ts",
];

/** The files on `lib/`'s top floor: entries, and what everyone knows. */
export const TOP_FLOOR: readonly string[] = [
  "lib/ai_sdk.ts",
  "lib/cache.ts",
  "lib/cli.ts",
  "lib/errors.ts",
  "lib/load_model.ts",
  "lib/loaded_model.ts",
  "lib/open_model.ts",
  "lib/queue.ts",
  "lib/server.ts",
  "lib/std.ts",
  "lib/whisper_model.ts",
];

/** Files a folder may hold. */
export const FOLDER_LIMIT = 18;

/** Names that only one file may use: those of one runtime, and the terminal's. */
export const RESERVED_NAMES: readonly { readonly pattern: RegExp; readonly file: string }[] = [
  { pattern: /\bconsole\.\w/, file: "no file of the library" },
  { pattern: /\bDeno\.\w/, file: "ffi/deno.ts" },
  { pattern: /\bBun\.\w/, file: "ffi/bun.ts" },
  { pattern: /"bun:/, file: "ffi/bun.ts" },
];
