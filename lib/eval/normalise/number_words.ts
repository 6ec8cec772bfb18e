/** The words of English numbers, and what they count: facts of openai/whisper's normaliser. */

/** A number that ends with letters: a plural, or an ordinal. */
export type Suffixed = readonly [value: bigint, suffix: string];

const UNITS =
  "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
  "seventeen eighteen nineteen";
const TENS_FROM_TWENTY = "twenty thirty forty fifty sixty seventy eighty ninety";
const POWERS_OF_THOUSAND =
  "thousand million billion trillion quadrillion quintillion sextillion septillion " +
  "octillion nonillion decillion";
const IRREGULAR_ORDINALS: readonly (readonly [string, Suffixed])[] = [
  ["zeroth", [0n, "th"]],
  ["first", [1n, "st"]],
  ["second", [2n, "nd"]],
  ["third", [3n, "rd"]],
  ["fifth", [5n, "th"]],
  ["twelfth", [12n, "th"]],
];

/** What is said for a zero. */
export const ZEROS: ReadonlySet<string> = new Set(["o", "oh", "zero"]);

/** One to nineteen. */
export const ONES: ReadonlyMap<string, bigint> = new Map(
  UNITS.split(" ").map((name, i) => [name, BigInt(i + 1)]),
);

/** `sixes`, `fourth`. */
export const ONES_SUFFIXED: ReadonlyMap<string, Suffixed> = new Map<string, Suffixed>([
  ...mapNames(ONES, (name) => name === "six" ? "sixes" : `${name}s`, "s"),
  ...mapNames(ONES, (name) => `${name}${name.endsWith("t") ? "h" : "th"}`, "th").filter(([, [value]]) =>
    value > 3n && value !== 5n && value !== 12n
  ),
  ...IRREGULAR_ORDINALS,
]);

/** Twenty to ninety. */
export const TENS: ReadonlyMap<string, bigint> = new Map(
  TENS_FROM_TWENTY.split(" ").map((name, i) => [name, BigInt(10 * (i + 2))]),
);

/** `twenties`, `twentieth`. */
export const TENS_SUFFIXED: ReadonlyMap<string, Suffixed> = new Map([
  ...mapNames(TENS, (name) => name.replace("y", "ies"), "s"),
  ...mapNames(TENS, (name) => name.replace("y", "ieth"), "th"),
]);

/** What a number before is multiplied by. */
export const MULTIPLIERS: ReadonlyMap<string, bigint> = new Map([
  ["hundred", 100n],
  ...POWERS_OF_THOUSAND.split(" ").map((name, i) => [name, 1000n ** BigInt(i + 1)] as const),
]);

/** `millions`, `millionth`. */
export const MULTIPLIERS_SUFFIXED: ReadonlyMap<string, Suffixed> = new Map([
  ...mapNames(MULTIPLIERS, (name) => `${name}s`, "s"),
  ...mapNames(MULTIPLIERS, (name) => `${name}th`, "th"),
]);

/** Signs said before a number. */
export const SIGNS: ReadonlyMap<string, string> = new Map([
  ["minus", "-"],
  ["negative", "-"],
  ["plus", "+"],
  ["positive", "+"],
]);

/** Currencies, said after a number and written before it. */
export const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ["pound", "£"],
  ["pounds", "£"],
  ["euro", "€"],
  ["euros", "€"],
  ["dollar", "$"],
  ["dollars", "$"],
  ["cent", "¢"],
  ["cents", "¢"],
]);

/** Words that matter between numbers only. */
const LINKS = ["per", "percent", "and", "double", "triple", "point"];

/** Every word that a number may have. */
export const NUMBER_WORDS: ReadonlySet<string> = new Set([
  ...ZEROS,
  ...ONES.keys(),
  ...ONES_SUFFIXED.keys(),
  ...TENS.keys(),
  ...TENS_SUFFIXED.keys(),
  ...MULTIPLIERS.keys(),
  ...MULTIPLIERS_SUFFIXED.keys(),
  ...SIGNS.keys(),
  ...CURRENCIES.keys(),
  ...LINKS,
]);

/** Words that may follow a decimal point. */
export const DIGIT_WORDS: ReadonlySet<string> = new Set([...ONES.keys(), ...TENS.keys(), ...ZEROS]);

function mapNames(
  values: ReadonlyMap<string, bigint>,
  rename: (name: string) => string,
  suffix: string,
): [string, Suffixed][] {
  return [...values].map(([name, value]) => [rename(name), [value, suffix]]);
}
