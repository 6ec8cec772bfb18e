/** The model of voice activity of a loaded model: opened when it is first wanted, and once. */
import { SpeechDetector } from "./speech_detector.ts";
import type { SpeechListener, SpeechModel } from "./silero/speech_model.ts";

/** Opens the model at the first question. Whoever makes it disposes it. */
export class LazySpeechModel implements Disposable {
  readonly #open: () => Promise<SpeechModel>;
  #opening: Promise<SpeechModel> | undefined;
  #disposed = false;

  constructor(open: () => Promise<SpeechModel>) {
    this.#open = open;
  }

  /** Begins to look for the speech of a recording. Whoever begins disposes. */
  async detect(signal?: AbortSignal): Promise<SpeechDetector> {
    return new SpeechDetector(await this.listen(signal), { signal });
  }

  /** Begins to listen to a stream. Whoever begins disposes. */
  async listen(signal?: AbortSignal): Promise<SpeechListener> {
    signal?.throwIfAborted();
    this.#opening ??= this.#open();
    let model: SpeechModel;
    try {
      model = await this.#opening;
    } catch (error) {
      // What failed once may go well later.
      this.#opening = undefined;
      throw error;
    }
    return model.listen();
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#opening?.then((model) => model[Symbol.dispose](), () => {});
  }
}
