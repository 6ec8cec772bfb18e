/** A live session: what a client sends becomes sound for the library, and what the library hears becomes events. */
import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { ApiError, badRequest, errorBody, toApiError } from "../api_error.ts";
import type { ServedModels } from "../work/served_models.ts";
import type { LiveSocket } from "./live_socket.ts";
import { LiveItem, type SendEvent } from "./live_item.ts";
import {
  describeSession,
  initialConfig,
  liveOptionsOf,
  type SessionConfig,
  type SessionName,
  unknownEvent,
  updatedConfig,
} from "./session_config.ts";
import { SoundFeed } from "./sound_feed.ts";
import { SpokenItems } from "./spoken_items.ts";

/** Bytes of a message: half a minute of sound. */
export const MOST_MESSAGE = 2 << 20;

/** Bytes of events that wait for a client to read them. */
const MOST_UNSENT = 1 << 20;

/** Commits that wait to be heard. */
const MOST_TURNS = 32;

/** How a session is held. */
export interface SessionOptions {
  readonly models: ServedModels;
  /** The model that the address names. */
  readonly model: string | undefined;
  readonly isBeta: boolean;
  /** Seconds of silence of the client after which it is ended. */
  readonly idleTimeout: number;
  /** Ends all work at once. */
  readonly signal: AbortSignal;
  /** Whether failures of our own are told to a log. */
  readonly hasLog: boolean;
  /** Told of each failure of our own. */
  readonly onError: (error: ApiError) => void;
  /** Told what the user should know. */
  readonly onWarning: (message: string) => void;
  /** Told when all is over, with the seconds of sound that came. */
  readonly onEnd: (seconds: number) => void;
}

/** Sound from one commit to the next. */
interface Turn {
  readonly feed: SoundFeed;
  readonly config: SessionConfig;
  /** Seconds of sound that the session had before. */
  readonly offset: number;
  readonly stop: AbortController;
  /** Its one item, where the client says where it ends. */
  readonly item: LiveItem | undefined;
}

/** Holds a session with one client. */
export class LiveSession {
  readonly #socket: LiveSocket;
  readonly #options: SessionOptions;
  readonly #name: SessionName;
  readonly #gone = new AbortController();
  readonly #signal: AbortSignal;
  #config: SessionConfig;
  #turn: Turn | undefined;
  /** Turns that are not heard to their end, and their work. */
  #turns = 0;
  #work: Promise<void> = Promise.resolve();
  #seconds = 0;
  #events = 0;
  #items = 0;
  #lastItem: string | null = null;
  #isFinishing = false;
  #idle: ReturnType<typeof setTimeout> | undefined;

  readonly #goAway = (): void => this.#socket.close(1001, "The server is going down");

  constructor(socket: LiveSocket, options: SessionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#name = { id: `sess_${randomUUID().replaceAll("-", "")}`, isBeta: options.isBeta };
    this.#config = initialConfig(options.model);
    this.#signal = AbortSignal.any([this.#gone.signal, options.signal]);
    options.signal.addEventListener("abort", this.#goAway, { signal: this.#gone.signal });
    socket.listen({ message: (data) => this.#take(data), closed: () => this.#end() });
    this.#stayAwake();
    this.#tellSession(options.isBeta ? "transcription_session.created" : "session.created");
  }

  /** Takes nothing in any more, hears what has come to its end, and says good-bye. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    clearTimeout(this.#idle);
    this.#endTurn();
    await this.#work;
    this.#goAway();
  }

  #end(): void {
    if (this.#gone.signal.aborted) return;
    clearTimeout(this.#idle);
    this.#gone.abort(new DOMException("The client went away", "AbortError"));
    void this.#work.then(() => this.#options.onEnd(this.#seconds));
  }

  #stayAwake(): void {
    const { idleTimeout } = this.#options;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      // What has come is still being heard: the client has nothing to say meanwhile.
      if (this.#turn === undefined && this.#turns > 0) this.#stayAwake();
      else this.#socket.close(1008, `Nothing came for ${idleTimeout} seconds`);
    }, 1000 * idleTimeout);
  }

  #take(data: string | Uint8Array): void {
    if (this.#isFinishing) return;
    this.#stayAwake();
    let event: Readonly<Record<string, unknown>> = {};
    try {
      if (typeof data !== "string") return this.#append(data);
      event = parseEvent(data);
      this.#obey(event);
    } catch (thrown) {
      this.#sendError(thrown, typeof event.event_id === "string" ? event.event_id.slice(0, 512) : null);
    }
  }

  #obey(event: Readonly<Record<string, unknown>>): void {
    switch (event.type) {
      case "session.update":
      case "transcription_session.update":
        this.#update(event);
        break;
      case "input_audio_buffer.append":
        this.#append(decodeBase64(event.audio));
        break;
      case "input_audio_buffer.commit":
        if (this.#turn === undefined) {
          throw badRequest("There is nothing to commit", undefined, "input_audio_buffer_commit_empty");
        }
        this.#endTurn();
        break;
      case "input_audio_buffer.clear":
        this.#turn?.stop.abort(new DOMException("The sound was cleared", "AbortError"));
        this.#turn = undefined;
        this.#send("input_audio_buffer.cleared", {});
        break;
      default:
        throw unknownEvent(event.type);
    }
  }

  #update({ type, session }: Readonly<Record<string, unknown>>): void {
    const config = updatedConfig(this.#config, session);
    this.#options.models.resolve(config.model);
    // What has come is heard as it was meant then.
    this.#endTurn();
    this.#config = config;
    this.#tellSession(`${(type as string).replace(".update", "")}.updated`);
  }

  #append(bytes: Uint8Array): void {
    this.#turn ??= this.#beginTurn();
    this.#turn.feed.push(bytes);
    this.#seconds += bytes.length / bytesPerSecond(this.#config);
  }

  #beginTurn(): Turn {
    if (this.#turns >= MOST_TURNS) {
      throw new ApiError("More was committed than is heard; wait for what is completed", {
        status: 429,
        code: "input_audio_buffer_full",
      });
    }
    const turn: Turn = {
      feed: new SoundFeed(),
      config: this.#config,
      offset: this.#seconds,
      stop: new AbortController(),
      item: this.#config.turns === undefined ? this.#makeItem(this.#config) : undefined,
    };
    this.#turns++;
    this.#work = this.#work.then(() => this.#hear(turn)).finally(() => this.#turns--);
    return turn;
  }

  #endTurn(): void {
    this.#turn?.item?.commit();
    this.#turn?.feed.end();
    this.#turn = undefined;
  }

  #makeItem({ logprobs }: SessionConfig): LiveItem {
    const place = { id: `item_${this.#name.id.slice(5, 17)}_${++this.#items}`, previous: this.#lastItem };
    this.#lastItem = place.id;
    const { isBeta } = this.#name;
    return new LiveItem(place, this.#sendEvent, { isBeta, logprobs });
  }

  /** Hears a turn to its end. It does not fail. */
  async #hear(turn: Turn): Promise<void> {
    const { feed, config, stop, offset } = turn;
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    const makeItem = () => this.#makeItem(config);
    const send = this.#sendEvent;
    const spoken = turn.item === undefined ? new SpokenItems({ makeItem, send, offset }) : undefined;
    try {
      using lease = await this.#options.models.use(config.model, signal);
      if (lease.model.stream === undefined) {
        throw new ApiError("This model cannot be heard live", { status: 501, code: "not_live" });
      }
      const { onWarning } = this.#options;
      const options = { ...liveOptionsOf(config), signal, onWarning, onSpeech: spoken?.border };
      for await (const segment of lease.model.stream(feed, options)) (spoken ?? turn.item!).hear(segment);
      spoken?.end();
      turn.item?.complete(feed.size / bytesPerSecond(config));
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toApiError(thrown, this.#options);
      if (error.status >= 500) this.#options.onError(error);
      const item = turn.item ?? spoken?.item;
      if (item === undefined) this.#sendError(error, null);
      else item.fail(errorBody(error).error);
      // Sound that comes after it is heard anew.
      if (this.#turn === turn) this.#turn = undefined;
    }
  }

  #tellSession(type: string): void {
    const model = this.#options.models.resolve(this.#config.model);
    this.#send(type, { session: describeSession(this.#config, model, this.#name) });
  }

  #sendError(thrown: unknown, eventId: string | null): void {
    const error = toApiError(thrown, this.#options);
    if (error.status >= 500) this.#options.onError(error);
    this.#send("error", { error: { ...errorBody(error).error, event_id: eventId } });
  }

  readonly #sendEvent: SendEvent = (type, fields) => this.#send(type, fields);

  #send(type: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#socket.unsent > MOST_UNSENT) {
      this.#socket.close(1008, "What is sent is not read");
      return;
    }
    this.#socket.send(JSON.stringify({ type, event_id: `event_${++this.#events}`, ...fields }));
  }
}

function bytesPerSecond({ input: { format, sampleRate } }: SessionConfig): number {
  return sampleRate * (format === "s16le" ? 2 : 1);
}

function parseEvent(text: string): Readonly<Record<string, unknown>> {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw badRequest("The event is no JSON", undefined, "invalid_json");
  }
  if (typeof event === "object" && event !== null) return event as Readonly<Record<string, unknown>>;
  throw badRequest("The event must be an object", undefined, "invalid_json");
}

function decodeBase64(text: unknown): Uint8Array {
  if (typeof text === "string") {
    const bytes = Buffer.from(text, "base64");
    // What is no base64 is left out there.
    if (bytes.length === Math.floor(text.replace(/=+$/, "").length * 3 / 4)) return new Uint8Array(bytes);
  }
  throw badRequest("audio must be base64", "audio");
}
