/** A WebSocket as a live session sees it, whatever made it. */

/** Hears what comes. */
export interface SocketListener {
  /** A message has come. */
  message(data: string | Uint8Array): void;
  /** The connection is over, whoever ended it. */
  closed(): void;
}

/** A connection. */
export interface LiveSocket {
  /** Bytes that were sent and wait to leave. */
  readonly unsent: number;
  /** Says who hears what comes, once. */
  listen(listener: SocketListener): void;
  /** Sends text; nothing, once it is over. */
  send(text: string): void;
  /** Ends it, with a status of RFC 6455. */
  close(code: number, reason: string): void;
}

/** What a runtime gives of a connection that stands. */
export interface SocketTransport {
  unsent(): number;
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** Milliseconds that a client has to end a connection that we have ended. */
export const CLOSING = 2000;

/** A connection that may not stand yet: what is sent before waits. */
export class OpeningSocket implements LiveSocket {
  #transport: SocketTransport | undefined;
  #listener: SocketListener | undefined;
  #outbox: string[] = [];
  #ending: { readonly code: number; readonly reason: string } | undefined;
  #isOver = false;
  readonly #closing: number;
  #late: ReturnType<typeof setTimeout> | undefined;

  /** @param closing Milliseconds after which it is over, if nobody says so. */
  constructor(closing: number = CLOSING) {
    this.#closing = closing;
  }

  get unsent(): number {
    return this.#transport?.unsent() ?? 0;
  }

  listen(listener: SocketListener): void {
    this.#listener = listener;
  }

  send(text: string): void {
    if (this.#isOver || this.#ending !== undefined) return;
    if (this.#transport === undefined) this.#outbox.push(text);
    else this.#transport.send(text);
  }

  close(code: number, reason: string): void {
    if (this.#isOver || this.#ending !== undefined) return;
    this.#ending = { code, reason };
    // A client that left without a word ends nothing, and not every runtime gives it up.
    this.#late = setTimeout(() => this.lost(), this.#closing);
    this.#transport?.close(code, reason);
  }

  /** The connection stands. */
  opened(transport: SocketTransport): void {
    this.#transport = transport;
    for (const text of this.#outbox.splice(0)) transport.send(text);
    if (this.#ending !== undefined) transport.close(this.#ending.code, this.#ending.reason);
  }

  /** A message has come. */
  received(data: string | Uint8Array): void {
    if (!this.#isOver && this.#ending === undefined) this.#listener?.message(data);
  }

  /** The connection is over. */
  lost(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#late);
    this.#listener?.closed();
  }
}
