/**
 * The models of a server: each is loaded when it is first asked for, shared by all requests, and unloaded when nobody
 * has asked for it for a while or another needs the room.
 */
import type { LoadModelOptions, WhisperModel } from "../../../mod.ts";
import { unlessAborted } from "../../async/signals.ts";
import { ApiError } from "../api_error.ts";
import { servedName } from "./served_names.ts";

/** What serving needs of a model: one that has no `stream` is not heard live. */
export type ServableModel =
  & Pick<WhisperModel, "segments">
  & Partial<Pick<WhisperModel, "stream" | "isMultilingual" | "detectLanguage">>;

/** Where a model comes from: a name or a path or an address, as `loadModel` takes it, or one that is loaded. */
export type ModelSource = string | URL | ServableModel;

/** Loads a model: `loadModel`. */
export type LoadServedModel = (
  source: string | URL,
  options: LoadModelOptions,
) => Promise<ServableModel & Disposable>;

/** What a server's models are. */
export interface ServedModelsOptions {
  /** By the names that requests use. The first is meant by `whisper-1`, and where no model is named. */
  readonly models: ReadonlyMap<string, ModelSource>;
  /** How they are loaded. */
  readonly load: LoadModelOptions;
  /** Seconds without a request after which a model is unloaded, or `null` for never. */
  readonly idleUnload: number | null;
  /** How many are loaded at a time. */
  readonly maxModels: number;
  /** Loads one. */
  readonly loadModel: LoadServedModel;
  /** Told of each that was loaded, with the seconds it took, or unloaded. */
  readonly onChange?: (change: ModelChange) => void;
}

/** What became of a model. */
export interface ModelChange {
  readonly event: "model loaded" | "model unloaded" | "model failed";
  readonly model: string;
  readonly seconds?: number;
  readonly error?: string;
}

/** A model in use. Whoever asked for it disposes it; the model stays. */
export interface ModelLease extends Disposable {
  /** The name it is served by. */
  readonly name: string;
  /** The model. */
  readonly model: ServableModel;
}

interface Shelved {
  readonly model: Promise<ServableModel & Partial<Disposable>>;
  readonly isOwn: boolean;
  users: number;
  lastUse: number;
  timer?: ReturnType<typeof setTimeout>;
}

/** The models of a server. */
export class ServedModels implements AsyncDisposable {
  readonly #options: ServedModelsOptions;
  readonly #shelf = new Map<string, Shelved>();
  readonly #closed = new AbortController();

  constructor(options: ServedModelsOptions) {
    this.#options = options;
  }

  /** The names they are served by. */
  get names(): string[] {
    return [...this.#options.models.keys()];
  }

  /** The names of those that are loaded, or being loaded. */
  get loaded(): string[] {
    return [...this.#shelf.keys()];
  }

  /**
   * Finds the name that a model is served by.
   *
   * @throws {ApiError} when there is none: no request names a path or an address.
   */
  resolve(asked: string | undefined): string {
    return servedName(asked, this.names);
  }

  /**
   * Gives a model, and loads it if need be. That goes on when this request is given up: others wait for it.
   *
   * @throws {ApiError} when it is not served, or there is no room for it.
   * @throws what `loadModel` throws.
   */
  async use(asked: string | undefined, signal: AbortSignal): Promise<ModelLease> {
    const name = this.resolve(asked);
    const shelved = this.#shelf.get(name) ?? this.#load(name);
    shelved.users++;
    clearTimeout(shelved.timer);
    let isReturned = false;
    const giveBack = () => {
      if (isReturned) return;
      isReturned = true;
      this.#giveBack(name, shelved);
    };
    try {
      const model = await unlessAborted(shelved.model, signal);
      return { name, model, [Symbol.dispose]: giveBack };
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  #load(name: string): Shelved {
    const { models, loadModel, load, onChange } = this.#options;
    const source = models.get(name)!;
    const isOwn = typeof source === "string" || source instanceof URL;
    if (isOwn) this.#makeRoom();
    const started = performance.now();
    const { signal } = this.#closed;
    const model = isOwn ? loadModel(source, { ...load, signal }) : Promise.resolve(source);
    const shelved: Shelved = { model, isOwn, users: 0, lastUse: started };
    this.#shelf.set(name, shelved);
    model.then(
      () => {
        if (isOwn) {
          onChange?.({
            event: "model loaded",
            model: name,
            seconds: (performance.now() - started) / 1000,
          });
        }
      },
      (error) => {
        // The next request tries again.
        if (this.#shelf.get(name) === shelved) this.#shelf.delete(name);
        if (signal.aborted) return;
        onChange?.({ event: "model failed", model: name, error: String(error) });
      },
    );
    return shelved;
  }

  /** Unloads the one that was not used for longest, if there are as many as may be. */
  #makeRoom(): void {
    const own = [...this.#shelf].filter(([, { isOwn }]) => isOwn);
    if (own.length < this.#options.maxModels) return;
    const idle = own.filter(([, { users }]) => users === 0)
      .sort(([, one], [, other]) => one.lastUse - other.lastUse);
    if (idle.length === 0) {
      throw new ApiError("All models that fit are in use; ask for one of them, or later", {
        status: 503,
        code: "model_unavailable",
        param: "model",
        retryAfter: 10,
      });
    }
    void this.#unload(...idle[0]);
  }

  #giveBack(name: string, shelved: Shelved): void {
    shelved.users--;
    shelved.lastUse = performance.now();
    const { idleUnload } = this.#options;
    if (shelved.users > 0 || !shelved.isOwn || idleUnload === null) return;
    shelved.timer = setTimeout(() => void this.#unload(name, shelved), idleUnload * 1000);
    // It keeps no process alive.
    (shelved.timer as { unref?: () => void }).unref?.();
  }

  async #unload(name: string, shelved: Shelved): Promise<void> {
    if (this.#shelf.get(name) !== shelved) return;
    this.#shelf.delete(name);
    clearTimeout(shelved.timer);
    if (!shelved.isOwn) return;
    const model = await shelved.model.catch(() => undefined);
    if (model === undefined) return;
    model[Symbol.dispose]?.();
    this.#options.onChange?.({ event: "model unloaded", model: name });
  }

  /** Unloads all; what is under way on one goes on to its end. What is being loaded is given up: nobody waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new DOMException("The models are no longer served", "AbortError"));
    await Promise.all([...this.#shelf].map(([name, shelved]) => this.#unload(name, shelved)));
  }
}
