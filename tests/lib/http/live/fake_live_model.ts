/** A model that hears a word in each piece of sound, and a pause in a piece of zeros. */
import type { LiveOptions, LiveSegment, WhisperModel } from "../../../../mod.ts";
import type { ServableModel } from "../../../../lib/server.ts";
import { segmentOf } from "../fake_model.ts";

type Stream = WhisperModel["stream"];

/** The model. A piece's first byte is the number of its word; 255 is a failure. */
export class FakeLiveModel implements ServableModel {
  /** How each stream was asked for. */
  readonly asked: LiveOptions[] = [];
  /** How many streams are open. */
  open = 0;

  segments(): never {
    throw new TypeError("only live");
  }

  readonly stream: Stream = (audio, options = {}) => {
    this.asked.push(options);
    return this.#hear(audio as AsyncIterable<Uint8Array>, options) as unknown as ReturnType<Stream>;
  };

  async *#hear(audio: AsyncIterable<Uint8Array>, options: LiveOptions): AsyncGenerator<LiveSegment> {
    const { signal, onSpeech, sampleRate = 16_000 } = options;
    let words: string[] = [], id = 0, bytes = 0;
    const segment = (isFinal: boolean): LiveSegment => {
      const stableWords = isFinal ? words.length : words.length - 1;
      const text = words.join("");
      const { words: [word], ...rest } = segmentOf(text, id) as LiveSegment;
      return {
        ...rest,
        words: words.map((text) => ({ ...word, word: text })),
        isFinal,
        stableText: words.slice(0, stableWords).join(""),
        stableWords,
        language: "en",
      };
    };
    const seconds = () => bytes / 2 / sampleRate;
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => {});
    signal?.addEventListener("abort", () => aborted.reject(signal.reason));
    this.open++;
    try {
      const pieces = audio[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await Promise.race([pieces.next(), aborted.promise]);
        if (!done && value[0] === 255) throw new Error("a secret of the server");
        if ((done || value[0] === 0) && words.length > 0) {
          onSpeech?.("end", seconds());
          yield segment(true);
          [words, id] = [[], id + 1];
        }
        if (done) return;
        if (value[0] !== 0) {
          if (words.length === 0) onSpeech?.("start", seconds());
          words = [...words, ` word${value[0]}`];
          yield segment(false);
        }
        bytes += value.length;
      }
    } finally {
      this.open--;
    }
  }
}
