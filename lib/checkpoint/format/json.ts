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
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse(`${part} is not UTF-8`);
  }
  return new JsonParser(text, part).parse();
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
      if (this.#skipSpace() !== '"') this.#refuse("a JSON object has a key that is no string");
      const key = this.#string();
      if (object.has(key)) this.#refuse(`a JSON object has the key ${quote(key)} twice`);
      if (this.#skipSpace() !== ":") this.#refuse("a JSON object has a key without a value");
      this.#at++;
      object.set(key, this.#value(depth + 1));
    });
    return object;
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
    for (;;) {
      const code = this.#text.charCodeAt(this.#at++);
      if (code === 0x22) break;
      if (!(code >= 0x20)) this.#refuse("a JSON string does not end");
      if (code === 0x5c) this.#at++;
    }
    try {
      return JSON.parse(this.#text.slice(start, this.#at));
    } catch {
      return this.#refuse("a JSON string has an unknown escape");
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
