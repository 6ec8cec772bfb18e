/**
 * A few threads for calls that block, where a runtime has no other way off its event loop. A call takes a thread that
 * has nothing to do, so that a short one does not wait behind a long one.
 */

/** A thread that makes its calls one after another. */
export interface CallThread<Call> {
  /** Makes a call; it is answered by its number. */
  post(id: number, call: Call): void;
  /** Whether the thread keeps the process alive. */
  hold(alive: boolean): void;
}

/** What a thread says. */
export interface CallListener {
  /** A call is over. */
  returned(id: number, result: number): void;
  /** A call was not made. The others are not concerned. */
  failed(id: number, reason: string): void;
  /** The thread has ended, and nothing runs on it. */
  died(reason: string): void;
}

interface Member<Call> {
  readonly thread: CallThread<Call>;
  readonly waiting: Map<number, PromiseWithResolvers<number>>;
}

/** Hands calls to threads, which are started as they are needed and stay. */
export class CallPool<Call> {
  readonly #start: (listener: CallListener) => CallThread<Call>;
  readonly #limit: number;
  #members: Member<Call>[] = [];
  #lastId = 0;

  /** A pool of at most `limit` threads. */
  constructor(start: (listener: CallListener) => CallThread<Call>, limit: number) {
    this.#start = start;
    this.#limit = limit;
  }

  /** Makes a call on an idle thread, on a new one, or behind the fewest others. */
  call(call: Call): Promise<number> {
    const { thread, waiting } = this.#pick();
    const id = ++this.#lastId;
    const settled = Promise.withResolvers<number>();
    waiting.set(id, settled);
    thread.hold(true);
    thread.post(id, call);
    return settled.promise;
  }

  #pick(): Member<Call> {
    const [first, ...others] = this.#members;
    const least = others.reduce((a, b) => b.waiting.size < a.waiting.size ? b : a, first);
    if (least === undefined || (least.waiting.size > 0 && this.#members.length < this.#limit)) {
      return this.#add();
    }
    return least;
  }

  #add(): Member<Call> {
    const waiting = new Map<number, PromiseWithResolvers<number>>();
    const settle = (id: number) => {
      const settled = waiting.get(id);
      waiting.delete(id);
      // An idle thread must not keep the process alive.
      if (waiting.size === 0) thread.hold(false);
      return settled;
    };
    const thread = this.#start({
      returned: (id, result) => settle(id)?.resolve(result),
      failed: (id, reason) => settle(id)?.reject(callError(reason)),
      died: (reason) => {
        this.#members = this.#members.filter((member) => member.waiting !== waiting);
        for (const { reject } of waiting.values()) reject(callError(reason));
        waiting.clear();
      },
    });
    const member = { thread, waiting };
    this.#members.push(member);
    return member;
  }
}

function callError(reason: string): Error {
  return new Error(`Cannot run a native call: ${reason}`);
}
