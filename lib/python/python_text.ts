/**
 * Python's `str.strip`, `len` of a text and `repr` of a float, where JavaScript's namesakes give something else
 * and the result must be openai/whisper's.
 */

/** The characters of which `str.isspace` is true, as the inside of a character class. */
export const WHITESPACE =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const LEADING = new RegExp(`^[${WHITESPACE}]+`);
const TRAILING = new RegExp(`[${WHITESPACE}]+$`);

/** Removes the whitespace at both ends: `trim` without U+FEFF, with U+0085 and the four separators below space. */
export function strip(text: string): string {
  return text.replace(LEADING, "").replace(TRAILING, "");
}

/** Counts the characters of a text: code points, not UTF-16 units. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Spells a float as `json.dump` does: `0.0`, `1e-05`, `1e+16`, `NaN`, `Infinity`. */
export function floatRepr(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0.0";
  const [mantissa, exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const plain = String(value);
  return plain.includes(".") ? plain : `${plain}.0`;
}
