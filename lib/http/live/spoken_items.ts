/** The items of a session where pauses tell them apart: each is what is said from one pause to the next. */
import type { LiveSegment } from "../../../mod.ts";
import type { LiveItem, SendEvent } from "./live_item.ts";

/** What it needs. */
export interface SpokenItemsOptions {
  /** Makes the next item. */
  readonly makeItem: () => LiveItem;
  readonly send: SendEvent;
  /** Seconds of sound that the session had before. */
  readonly offset: number;
}

/** Follows the library through a stream of sound. */
export class SpokenItems {
  readonly #options: SpokenItemsOptions;
  #item: LiveItem | undefined;
  #start = 0;
  #end = 0;
  #isStopped = false;
  #count = 0;

  constructor(options: SpokenItemsOptions) {
    this.#options = options;
  }

  /** What is being said, if anything is. */
  get item(): LiveItem | undefined {
    return this.#item;
  }

  /** Speech begins or ends. */
  readonly border = (kind: "start" | "end", time: number): void => {
    const { makeItem, send, offset } = this.#options;
    const milliseconds = Math.round(1000 * (offset + time));
    if (kind === "start") {
      this.#complete();
      this.#item = makeItem();
      this.#count++;
      [this.#start, this.#isStopped] = [time, false];
      send("input_audio_buffer.speech_started", { audio_start_ms: milliseconds, item_id: this.#item.id });
    } else if (this.#item !== undefined) {
      [this.#end, this.#isStopped] = [time, true];
      send("input_audio_buffer.speech_stopped", { audio_end_ms: milliseconds, item_id: this.#item.id });
      this.#item.commit();
    }
  };

  /** Takes what was heard. */
  hear(segment: LiveSegment): void {
    this.#item?.hear(segment);
    if (segment.isFinal) this.#complete();
  }

  /** Nothing comes any more. A client that committed silence is told that it was. */
  end(): void {
    this.#complete();
    if (this.#count > 0) return;
    const item = this.#options.makeItem();
    item.commit();
    item.complete(0);
  }

  #complete(): void {
    if (this.#isStopped) this.#item?.complete(this.#end - this.#start);
    this.#item = undefined;
    this.#isStopped = false;
  }
}
