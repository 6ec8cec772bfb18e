/** What is said between two pauses, or between two commits, as the client is told it: an item. */
import type { LiveSegment } from "../../../mod.ts";
import { logprobOf } from "../response/response_formats.ts";

/** Sends an event; its number is added. */
export type SendEvent = (type: string, fields: Readonly<Record<string, unknown>>) => void;

/** Where an item is in the session. */
export interface ItemPlace {
  readonly id: string;
  /** The item before it. */
  readonly previous: string | null;
}

const TRANSCRIPTION = "conversation.item.input_audio_transcription";

/** An item. Its deltas, one after the other, are its transcript. */
export class LiveItem {
  readonly id: string;
  readonly #previous: string | null;
  readonly #send: SendEvent;
  readonly #options: { readonly isBeta: boolean; readonly logprobs: boolean };
  /** The text of the segments that are final, and what of all was sent. */
  #final = "";
  #sent = "";
  readonly #words: Record<string, unknown>[] = [];

  constructor(
    { id, previous }: ItemPlace,
    send: SendEvent,
    options: { readonly isBeta: boolean; readonly logprobs: boolean },
  ) {
    this.id = id;
    this.#previous = previous;
    this.#send = send;
    this.#options = options;
  }

  /** What is said has ended: the sound is the item's. */
  commit(): void {
    const place = { previous_item_id: this.#previous };
    this.#send("input_audio_buffer.committed", { ...place, item_id: this.id });
    this.#send(this.#options.isBeta ? "conversation.item.created" : "conversation.item.added", {
      ...place,
      item: this.#body(null),
    });
  }

  /** Takes what was heard. */
  hear({ isFinal, text, stableText, words }: LiveSegment): void {
    if (isFinal) {
      this.#final += text;
      if (this.#options.logprobs) this.#words.push(...words.map(logprobOf));
      this.#tell(this.#final);
    } else this.#tell(this.#final + stableText);
  }

  /** All of it was heard. @param seconds Of its sound. */
  complete(seconds: number): void {
    const transcript = this.#final.trim();
    this.#send(`${TRANSCRIPTION}.completed`, {
      item_id: this.id,
      content_index: 0,
      transcript,
      ...(this.#options.logprobs && { logprobs: this.#words }),
      usage: { type: "duration", seconds: Math.ceil(seconds) },
    });
    if (this.#options.isBeta) return;
    this.#send("conversation.item.done", { previous_item_id: this.#previous, item: this.#body(transcript) });
  }

  /** It cannot be heard. */
  fail(error: Readonly<Record<string, unknown>>): void {
    this.#send(`${TRANSCRIPTION}.failed`, { item_id: this.id, content_index: 0, error });
  }

  /** Sends what is new of a text that only grows. Space at its end is told when more follows. */
  #tell(text: string): void {
    const spoken = text.trim();
    const delta = spoken.slice(this.#sent.length);
    if (delta === "" || !spoken.startsWith(this.#sent)) return;
    this.#sent = spoken;
    this.#send(`${TRANSCRIPTION}.delta`, { item_id: this.id, content_index: 0, delta });
  }

  #body(transcript: string | null): object {
    return {
      id: this.id,
      object: "realtime.item",
      type: "message",
      status: "completed",
      role: "user",
      content: [{ type: "input_audio", transcript }],
    };
  }
}
