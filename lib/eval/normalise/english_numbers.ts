/**
 * English numbers in words as figures: what openai/whisper's `EnglishNumberNormalizer` does. A word at a time: a number
 * grows until a word comes that does not belong to it.
 */
import { WHITESPACE } from "../../python/python_text.ts";
import { splitWords } from "./basic.ts";
import {
  CURRENCIES,
  DIGIT_WORDS,
  MULTIPLIERS,
  MULTIPLIERS_SUFFIXED,
  NUMBER_WORDS,
  ONES,
  ONES_SUFFIXED,
  SIGNS,
  TENS,
  TENS_SUFFIXED,
  ZEROS,
} from "./number_words.ts";
import { WORD_END, WORD_START } from "./word_border.ts";

const AND_A_HALF = new RegExp(`${WORD_START}and[${WHITESPACE}]+a[${WHITESPACE}]+half${WORD_END}`, "gu");
const LOST_SUFFIX = new RegExp(`([0-9])[${WHITESPACE}]+(st|nd|rd|th|s)${WORD_END}`, "gu");
const DOLLARS_AND_CENTS = new RegExp(`([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})${WORD_END}`, "gu");
const CENTS_ALONE = new RegExp(`[€£$]0.([0-9]{1,2})${WORD_END}`, "gu");
const ONE = new RegExp(`${WORD_START}1(s?)${WORD_END}`, "gu");
const FIGURE = /^\p{Nd}+(\.\p{Nd}+)?$/u;
const SYMBOLS = ["-", "+", ...new Set(CURRENCIES.values())];

/** Writes the numbers of a text in figures. */
export function normaliseNumbers(text: string): string {
  const reader = new NumberReader(splitWords(separateFigures(writeHalves(text))));
  return reader.read().join(" ")
    .replaceAll(
      DOLLARS_AND_CENTS,
      (_, currency, whole, cents) => `${currency}${whole}.${cents.padStart(2, "0")}`,
    )
    .replaceAll(CENTS_ALONE, (_, cents) => `¢${Number(cents)}`)
    // A word more often than a number.
    .replaceAll(ONE, "one$1");
}

/** Writes `three and a half` as `three point five`. */
function writeHalves(text: string): string {
  const parts = text.split(AND_A_HALF);
  return parts.flatMap((part, i) => {
    const last = splitWords(part).at(-1);
    if (last === undefined) return [];
    if (i === parts.length - 1) return [part];
    return [part, DIGIT_WORDS.has(last) || MULTIPLIERS.has(last) ? "point five" : "and a half"];
  }).join(" ");
}

/** Parts letters from figures, but not from `10th`, `1960s`. */
function separateFigures(text: string): string {
  return text.replaceAll(/([a-z])([0-9])/g, "$1 $2").replaceAll(/([0-9])([a-z])/g, "$1 $2")
    .replaceAll(LOST_SUFFIX, "$1$2");
}

/** A number so far: whole, or digits that are said one after the other, perhaps with a point. */
type Value = bigint | string | undefined;

/** Reads words and gives them back with figures for numbers. */
class NumberReader {
  readonly #words: readonly string[];
  readonly #out: string[] = [];
  #value: Value;
  #prefix = "";

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  read(): string[] {
    for (let i = 0; i < this.#words.length;) i += this.#take(i);
    this.#flush();
    return this.#out;
  }

  /** Takes the word at a place, and tells how many were taken. */
  #take(i: number): number {
    const [before, word, next] = [this.#words[i - 1], this.#words[i], this.#words[i + 1]];
    const isSigned = SYMBOLS.some((symbol) => word.startsWith(symbol));
    const figure = isSigned ? word.slice(1) : word;
    const nextIsFigure = next !== undefined && FIGURE.test(next);
    const nextIsNumber = next !== undefined && (NUMBER_WORDS.has(next) || nextIsFigure);
    if (FIGURE.test(figure)) this.#takeFigure(word, figure, isSigned);
    else if (!NUMBER_WORDS.has(word)) this.#pass(word);
    else if (ZEROS.has(word)) this.#value = `${this.#digits()}0`;
    else if (ONES.has(word)) this.#value = this.#withOnes(ONES.get(word)!, before);
    else if (ONES_SUFFIXED.has(word)) {
      const [ones, suffix] = ONES_SUFFIXED.get(word)!;
      this.#finish(this.#withOnes(ones, before), suffix);
    } else if (TENS.has(word)) this.#value = this.#withTens(TENS.get(word)!);
    else if (TENS_SUFFIXED.has(word)) {
      const [tens, suffix] = TENS_SUFFIXED.get(word)!;
      this.#finish(this.#withTens(tens), suffix);
    } else if (MULTIPLIERS.has(word)) this.#value = this.#multiplied(MULTIPLIERS.get(word)!, true);
    else if (MULTIPLIERS_SUFFIXED.has(word)) {
      const [multiplier, suffix] = MULTIPLIERS_SUFFIXED.get(word)!;
      this.#finish(this.#multiplied(multiplier, false), suffix);
    } else if (SIGNS.has(word)) {
      this.#flush();
      if (nextIsNumber) this.#prefix = SIGNS.get(word)!;
      else this.#emit(word);
    } else if (CURRENCIES.has(word)) this.#takeCurrency(word);
    else if (word === "per" || word === "percent") return this.#takePercent(word, next);
    else if (!nextIsNumber) this.#pass(word);
    else return this.#takeLink(word, before, next, nextIsFigure);
    return 1;
  }

  #takeFigure(word: string, figure: string, isSigned: boolean): void {
    if (typeof this.#value === "string" && this.#value.endsWith(".")) {
      this.#value += word;
      return;
    }
    this.#flush();
    if (isSigned) this.#prefix = [...word][0];
    this.#value = wholeOf(asciiDigits(figure)) ?? figure;
  }

  #takeCurrency(word: string): void {
    if (this.#value === undefined) return this.#emit(word);
    this.#prefix = CURRENCIES.get(word)!;
    this.#flush();
  }

  #takePercent(word: string, next: string | undefined): number {
    if (this.#value === undefined) this.#emit(word);
    else if (word === "percent") this.#finish(this.#value, "%");
    else if (next === "cent") {
      this.#finish(this.#value, "%");
      return 2;
    } else this.#pass(word);
    return 1;
  }

  /** Takes what means something before a number. */
  #takeLink(word: string, before: string | undefined, next: string, nextIsFigure: boolean): number {
    if (word === "and") {
      // As in "two hundred and six".
      if (before === undefined || !MULTIPLIERS.has(before)) this.#pass(word);
    } else if (word === "point") {
      if (DIGIT_WORDS.has(next) || nextIsFigure) this.#value = `${this.#digits()}.`;
    } else if (ONES.has(next) || ZEROS.has(next)) {
      this.#value = this.#digits() + String(ONES.get(next) ?? 0n).repeat(word === "double" ? 2 : 3);
      return 2;
    } else this.#pass(word);
    return 1;
  }

  /** The digits so far; none of a zero that was written as a figure. */
  #digits(): string {
    return this.#value === 0n ? "" : String(this.#value ?? "");
  }

  /** One to nineteen after what is there: added where a number has room for it, else further digits. */
  #withOnes(ones: bigint, before = ""): Value {
    const value = this.#value;
    if (value === undefined) return ones;
    if (typeof value === "string" || ONES.has(before)) {
      const digits = String(value);
      return TENS.has(before) && ones < 10n ? `${digits.slice(0, -1)}${ones}` : `${digits}${ones}`;
    }
    return value % (ones < 10n ? 10n : 100n) === 0n ? value + ones : `${value}${ones}`;
  }

  #withTens(tens: bigint): Value {
    const value = this.#value;
    if (value === undefined) return tens;
    return typeof value === "string" || value % 100n !== 0n ? `${value}${tens}` : value + tens;
  }

  /** What is there times a multiplier: of a whole number what is below a thousand. */
  #multiplied(multiplier: bigint, zeroIsDigits: boolean): Value {
    const value = this.#value;
    if (value === undefined) return multiplier;
    if (typeof value === "bigint" && !(zeroIsDigits && value === 0n)) {
      return value - value % 1000n + value % 1000n * multiplier;
    }
    const product = typeof value === "string" ? timesDecimal(value, multiplier) : 0n;
    if (product !== undefined) return product;
    this.#flush();
    return multiplier;
  }

  #finish(value: Value, suffix: string): void {
    this.#emit(`${value}${suffix}`);
  }

  /** Gives a word back that is no part of a number. */
  #pass(word: string): void {
    this.#flush();
    this.#emit(word);
  }

  #flush(): void {
    if (this.#value !== undefined) this.#emit(String(this.#value));
  }

  #emit(text: string): void {
    this.#out.push(this.#prefix + text);
    this.#prefix = "";
    this.#value = undefined;
  }
}

/** The whole number that a decimal number is, if it is one. */
function wholeOf(decimal: string): bigint | undefined {
  return timesDecimal(decimal, 1n);
}

/** A decimal number times a whole one, if that is whole. */
function timesDecimal(decimal: string, factor: bigint): bigint | undefined {
  const match = /^(?=\d|\.\d)(\d*)(?:\.(\d*))?$/.exec(asciiDigits(decimal));
  if (match === null) return undefined;
  const [, whole, fraction = ""] = match;
  const product = BigInt(whole + fraction) * factor;
  const scale = 10n ** BigInt(fraction.length);
  return product % scale === 0n ? product / scale : undefined;
}

/** Digits of any script as those of ASCII. Each script has its ten in a row, and few have their rows side by side. */
function asciiDigits(text: string): string {
  return text.replaceAll(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0)!;
    if (code < 128) return digit;
    let first = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
    return String((code - first) % 10);
  });
}
