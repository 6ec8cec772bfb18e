/**
 * JSON (RFC 8259) out of files that nobody vouches for. Unlike `JSON.parse` it refuses a key that comes twice,
 * gives objects as `Map`s, keeps 4.0 apart from 4, and has limits.
 */
import { MAX_JSON_DEPTH, MAX_JSON_VALUES } from "./limits.ts";
import { quote, refuse } from "./refuse.ts";
import { DictValue, FloatValue } from "./values.ts";

/**
 * Parses JSON: objects become `DictValue`s, numbers that are no exact integers `FloatValue`s.
 *
 * @param part What the text is, for messages.
 * @throws {CheckpointFormatError} when it is not JSON, not UTF-8, or more than the limits allow.
 */
export function parseJson(bytes: Uint8Array, part: string): unknown {
  return new JsonParser(decode(bytes, part), part).parse();
}

/**
 * Parses the value of one key of an object, and passes over what the others have: megabytes of a vocabulary would
 * hold up the event loop for a second.
 *
 * @returns `undefined` if the object has no such key.
 * @throws {CheckpointFormatError} as `parseJson` does, as far as the text was looked at.
 */
export function parseJsonMember(bytes: Uint8Array, part: string, key: string): unknown {
  return new JsonParser(decode(bytes, part), part).parseMember(key);
}

function decode(bytes: Uint8Array, part: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse(`${part} is not UTF-8`);
  }
}

class JsonParser {
  readonly #text: string;
  readonly #part: string;
  #at = 0;
  #values = 0;

  constructor(text: string, part: string) {
    this.#text = text;
    this.#part = part;
  }

  parse(): unknown {
    const value = this.#value(0);
    if (this.#skipSpace() !== "") this.#refuse("something follows the JSON value");
    return value;
  }

  parseMember(wanted: string): unknown {
    if (this.#skipSpace() !== "{") this.#refuse("JSON has no object where one is wanted");
    let found: unknown;
    this.#items("}", () => {
      const key = this.#key((key) => key === wanted && found !== undefined);
      if (key !== wanted) return this.#skipValue();
      found = this.#value(1);
    });
    if (this.#skipSpace() !== "") this.#refuse("something follows the JSON value");
    return found;
  }

  /** Passes over a value, as far as its brackets and quotes say where it ends. */
  #skipValue(): void {
    this.#skipSpace();
    const marks = /["[\]{},]/g;
    for (let depth = 0;;) {
      marks.lastIndex = this.#at;
      const mark = marks.exec(this.#text);
      if (mark === null) this.#refuse("a JSON value does not end");
      this.#at = mark.index;
      if (depth === 0 && ",}]".includes(mark[0])) return;
      this.#at++;
      if (mark[0] === '"') this.#skipString();
      else if (mark[0] === "{" || mark[0] === "[") depth++;
      else if (mark[0] !== ",") depth--;
    }
  }

  #refuse(reason: string): never {
    refuse(reason, this.#at, this.#part);
  }

  /** Skips white space and gives the next character, or "" at the end. */
  #skipSpace(): string {
    while (" \t\n\r".includes(this.#text.charAt(this.#at) || "end")) this.#at++;
    return this.#text.charAt(this.#at);
  }

  #value(depth: number): unknown {
    if (depth > MAX_JSON_DEPTH) this.#refuse(`JSON is nested deeper than ${MAX_JSON_DEPTH} levels`);
    if (++this.#values > MAX_JSON_VALUES) this.#refuse(`JSON has more than ${MAX_JSON_VALUES} values`);
    const start = this.#skipSpace();
    if (start === "{") return this.#object(depth);
    if (start === "[") return this.#array(depth);
    if (start === '"') return this.#string();
    return this.#literal();
  }

  #object(depth: number): DictValue {
    const object = new DictValue();
    this.#items("}", () => {
      const key = this.#key((key) => object.has(key));
      object.set(key, this.#value(depth + 1));
    });
    return object;
  }

  /** Reads a key, which must not have come before, and the colon behind it. */
  #key(cameBefore: (key: string) => boolean): string {
    if (this.#skipSpace() !== '"') this.#refuse("a JSON object has a key that is no string");
    const key = this.#string();
    if (cameBefore(key)) this.#refuse(`a JSON object has the key ${quote(key)} twice`);
    if (this.#skipSpace() !== ":") this.#refuse("a JSON object has a key without a value");
    this.#at++;
    return key;
  }

  #array(depth: number): unknown[] {
    const array: unknown[] = [];
    this.#items("]", () => array.push(this.#value(depth + 1)));
    return array;
  }

  /** Reads what stands between brackets, separated by commas. */
  #items(close: string, item: () => void): void {
    this.#at++;
    if (this.#skipSpace() === close) {
      this.#at++;
      return;
    }
    for (;;) {
      item();
      const next = this.#skipSpace();
      if (next !== "," && next !== close) this.#refuse(`JSON has neither a comma nor ${close} after an item`);
      this.#at++;
      if (next === close) return;
    }
  }

  #string(): string {
    const start = this.#at++;
    this.#skipString();
    try {
      return JSON.parse(this.#text.slice(start, this.#at));
    } catch {
      return this.#refuse("a JSON string has an unknown escape");
    }
  }

  /** Passes over a string whose first quote was passed. */
  #skipString(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at++);
      if (code === 0x22) return;
      if (!(code >= 0x20)) this.#refuse("a JSON string does not end");
      if (code === 0x5c) this.#at++;
    }
  }

  #literal(): unknown {
    const token = /[-+.\w]*/y;
    token.lastIndex = this.#at;
    const [text] = token.exec(this.#text)!;
    if (text === "true" || text === "false") return this.#take(text, text === "true");
    if (text === "null") return this.#take(text, null);
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) {
      this.#refuse(`JSON has ${quote(text)} for a value`);
    }
    const value = Number(text);
    const isInteger = /^-?\d+$/.test(text) && Number.isSafeInteger(value);
    return this.#take(text, isInteger ? value : new FloatValue(value));
  }

  #take<T>(text: string, value: T): T {
    this.#at += text.length;
    return value;
  }
}
