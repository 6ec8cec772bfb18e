/** A client of live sessions: the runtime's own WebSocket, and what it was told. */
import assert from "node:assert/strict";

/** An event of the server. */
export type LiveEvent = Readonly<Record<string, unknown>> & { readonly type: string };

/** A client. */
export class LiveClient {
  readonly socket: WebSocket;
  readonly events: LiveEvent[] = [];
  /** The code it was closed with. */
  readonly closed: Promise<number>;
  #changed = Promise.withResolvers<void>();

  constructor(base: string, query = "", protocols: string[] = ["realtime"]) {
    this.socket = new WebSocket(`${base.replace("http", "ws")}/v1/realtime${query}`, protocols);
    this.socket.onmessage = ({ data }) => {
      this.events.push(JSON.parse(data));
      this.#changed.resolve();
    };
    const closed = Promise.withResolvers<number>();
    this.closed = closed.promise;
    this.socket.onerror = () => {};
    this.socket.onclose = ({ code }) => {
      closed.resolve(code);
      this.#changed.resolve();
    };
  }

  /** Waits until it is connected. */
  async opened(): Promise<this> {
    await this.until("session.created", "transcription_session.created");
    return this;
  }

  /** Sends an event. */
  send(type: string, fields: object = {}): void {
    this.socket.send(JSON.stringify({ type, ...fields }));
  }

  /** Sends sound: a piece whose first byte is a number. */
  append(word: number, bytes = 480): void {
    const piece = new Uint8Array(bytes);
    piece[0] = word;
    this.send("input_audio_buffer.append", { audio: btoa(String.fromCharCode(...piece)) });
  }

  /** Waits for an event of one of some types, after those seen so far, and takes all up to it away. */
  async until(...types: string[]): Promise<LiveEvent> {
    for (;;) {
      const index = this.events.findIndex(({ type }) => types.includes(type));
      if (index >= 0) return this.events.splice(0, index + 1).at(-1)!;
      assert.ok(
        this.socket.readyState <= WebSocket.OPEN,
        `closed before ${types}: ${JSON.stringify(this.events)}`,
      );
      this.#changed = Promise.withResolvers();
      await this.#changed.promise;
    }
  }

  /** Ends it, and waits for that. */
  async end(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
