/** A micro checkpoint to prepare, and what a model loaded from it computes. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadModelOptions } from "../../../../lib/loading/load_options.ts";
import { loadModel } from "../../../../mod.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "../../model/micro_checkpoint.ts";

const { dims, ...layout } = MICRO_LAYOUTS.multilingual;
const CHECKPOINT = microCheckpoint({ ...layout, dims: { ...dims, nAudioCtx: 40 } });

/** What a load came to. */
export interface Loaded {
  /** What the model computes: features of some sound, and the probabilities of languages. */
  readonly features: Float32Array;
  readonly languageProbs: unknown;
  readonly warnings: readonly string[];
  /** Phases of its progress, each once. */
  readonly phases: readonly string[];
  /** Bytes that the last phase was over: those of the checkpoint or of the prepared model. */
  readonly total: number | undefined;
}

/** A cache of its own with a checkpoint beside it. */
export class MicroCache implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "sotto-"));
  readonly checkpoint = join(this.folder, "micro.pt");
  readonly sha256 = createHash("sha256").update(CHECKPOINT).digest("hex");
  readonly size = CHECKPOINT.length;
  readonly downloadRoot = join(this.folder, "cache");

  constructor() {
    writeFileSync(this.checkpoint, CHECKPOINT);
  }

  /** How the checkpoint is loaded. */
  get options(): LoadModelOptions {
    const { sha256, downloadRoot } = this;
    return { sha256, downloadRoot, precision: "int8", prepared: true };
  }

  /** Loads the checkpoint and lets it compute something. */
  async load(options: LoadModelOptions = {}): Promise<Loaded> {
    const warnings: string[] = [], phases = new Set<string>();
    let total: number | undefined;
    using model = await loadModel(this.checkpoint, {
      ...this.options,
      onWarning: (message) => warnings.push(message),
      onProgress: (progress) => {
        phases.add(progress.phase);
        total = progress.total;
      },
      ...options,
    });
    const frames = 2 * model.dims.nAudioCtx;
    const data = Float32Array.from({ length: model.dims.nMels * frames }, (_, i) => Math.sin(i / 97));
    using features = await model.embedAudio({ nMels: model.dims.nMels, nFrames: frames, data });
    const { languageProbs } = await model.detectLanguage(features);
    return { features: features.toArray(), languageProbs, warnings, phases: [...phases], total };
  }

  /** Names in the folder of prepared models. */
  names(): string[] {
    return readdirSync(join(this.downloadRoot, "sotto")).sort();
  }

  /** The path of a file of the only prepared model. */
  file(name: string): string {
    const [folder] = this.names();
    return join(this.downloadRoot, "sotto", folder, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
