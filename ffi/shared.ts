/**
 * Native things with several users. ONNX Runtime frees what it is told to free, whoever still reads it; so runs,
 * views and bindings hold what they read, and the last one to let go releases it.
 */

/** A thing, how it is released, and by how many it is held. */
interface Held<T> {
  readonly value: T;
  readonly release: (value: T) => void;
  holders: number;
}

/** One holder's share of a native thing. Whoever asks for a share disposes it; the last one releases the thing. */
export class Shared<T> implements Disposable {
  readonly #name: string;
  #held: Held<T> | undefined;

  private constructor(name: string, held: Held<T>) {
    this.#name = name;
    this.#held = held;
    held.holders++;
  }

  /**
   * The first share of a thing.
   *
   * @param name What it is called in errors, as `"the tensor"`.
   * @param release Called once, when nobody holds the thing any longer.
   */
  static of<T>(name: string, value: T, release: (value: T) => void): Shared<T> {
    return new Shared(name, { value, release, holders: 0 });
  }

  /** Whether this share is disposed. */
  get disposed(): boolean {
    return this.#held === undefined;
  }

  /** The thing. @throws {TypeError} when this share is disposed. */
  get value(): T {
    return this.#use().value;
  }

  /** Another share of the same thing. @throws {TypeError} when this one is disposed. */
  share(): Shared<T> {
    return new Shared(this.#name, this.#use());
  }

  #use(): Held<T> {
    if (this.#held === undefined) throw new TypeError(`Cannot use ${this.#name}: already disposed`);
    return this.#held;
  }

  [Symbol.dispose](): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined && --held.holders === 0) held.release(held.value);
  }
}
