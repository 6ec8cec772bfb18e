/** The model of voice activity of a loaded model: opened when it is first wanted, and once. */
import { OpenedOnce } from "../async/opened_once.ts";
import { SpeechDetector } from "./speech_detector.ts";
import type { SpeechListener, SpeechModel } from "./silero/speech_model.ts";

/** Opens the model at the first question. Whoever makes it disposes it. */
export class LazySpeechModel extends OpenedOnce<SpeechModel> {
  /** Begins to look for the speech of a recording. Whoever begins disposes. */
  async detect(signal?: AbortSignal): Promise<SpeechDetector> {
    return new SpeechDetector(await this.listen(signal), { signal });
  }

  /** Begins to listen to a stream. Whoever begins disposes. */
  async listen(signal?: AbortSignal): Promise<SpeechListener> {
    return (await this.get(signal)).listen();
  }
}
