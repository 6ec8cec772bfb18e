/**
 * Flags as openai/whisper's command line takes them (Python's `argparse`): `--flag value`, `--flag=value`, unique
 * beginnings of names, `True` and `False`. Node's `parseArgs` has no optional values and takes `-1` for a flag.
 */
import { nearestName } from "../../options/nearest.ts";
import { HelpRequest, UsageError } from "../command.ts";

/** A flag: what it is called is its key in the table. */
export interface Flag<Value> {
  /** What stands for its value in the help. */
  readonly placeholder: string;
  /** What it is when it is not given. */
  readonly default: Value;
  /** One line of help. */
  readonly help: string;
  /** Reads its value, or gives `undefined` if it is none. */
  readonly parse: (text: string, before: Value) => Value | undefined;
  /** What else to say of a text that is no value. */
  readonly advise?: (text: string) => string;
  /** What the library calls the option that it sets, where that is not its own name in camel case. */
  readonly option?: string;
  /** A letter that calls it. */
  readonly short?: string;
  /** Whether it may be given several times, each with more. */
  readonly several?: true;
  /** What it is when it is given without a value; without this, a value must follow. */
  readonly bare?: Value;
  /** The flag that it says nothing without, and that it turns on where that is not given. */
  readonly turnsOn?: string;
  /** The flag that it says nothing without, so that it is refused where that is left as it is. */
  readonly requires?: string;
}

// deno-lint-ignore no-explicit-any -- any flag: its parser takes back what it gave
type AnyFlag = Flag<any>;

/** Flags by their names. */
export type FlagTable = Readonly<Record<string, AnyFlag>>;

/** The values of the flags of a table. */
export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer Value> ? Value : never;
};

/** A command line that was read. */
export interface ParsedArguments<Table extends FlagTable> {
  /** The value of every flag of the table. */
  readonly values: FlagValues<Table>;
  /** The words that are neither flags nor their values. */
  readonly positionals: readonly string[];
  /** The flags that were given several values, of which the last counts. */
  readonly overruled: readonly string[];
}

/**
 * Reads a command line.
 *
 * @throws {UsageError} when a flag is unknown, its value is none, or it says nothing without another that is not there.
 * @throws {HelpRequest} at `-h` or `--help` where a flag may stand.
 */
export function parseFlags<Table extends FlagTable>(
  args: readonly string[],
  table: Table,
): ParsedArguments<Table> {
  const values = new Map<string, unknown>(Object.entries(defaultsOf(table)));
  const given = new Map<string, Set<string | undefined>>();
  const positionals: string[] = [];
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "-h" || word === "--help") throw new HelpRequest();
    if (word === "--") {
      positionals.push(...rest.splice(0));
    } else if (isValue(word)) {
      positionals.push(word);
    } else {
      const { name, value: attached } = splitFlag(word, table);
      const value = attached ?? takeValue(word, table[name], rest);
      given.set(name, (given.get(name) ?? new Set()).add(value));
      values.set(name, value === undefined ? table[name].bare : parseValue(name, table[name], value, values));
    }
  }
  for (const name of given.keys()) assertHeard(name, { table, values, given });
  const overruled = [...given].flatMap(([name, texts]) => texts.size > 1 && !table[name].several ? name : []);
  return { values: Object.fromEntries(values) as FlagValues<Table>, positionals, overruled };
}

/** Sees to it that a flag counts that says nothing without another one. */
function assertHeard(
  name: string,
  { table, values, given }: {
    readonly table: FlagTable;
    readonly values: Map<string, unknown>;
    readonly given: ReadonlyMap<string, unknown>;
  },
): void {
  const { turnsOn, requires = turnsOn } = table[name];
  if (requires === undefined || values.get(requires) !== table[requires].default) return;
  if (turnsOn !== undefined && !given.has(turnsOn)) return void values.set(turnsOn, table[turnsOn].bare);
  const isOff = given.has(requires) ? `, which is ${showValue(values.get(requires))}` : "";
  throw new UsageError(`Cannot use --${name}: it requires --${requires}${isOff}`);
}

/** The values of flags of which none is given. */
export function defaultsOf<Table extends FlagTable>(table: Table): FlagValues<Table> {
  const defaults = Object.entries(table).map(([name, flag]) => [name, flag.default]);
  return Object.fromEntries(defaults) as FlagValues<Table>;
}

/** A table without some of its flags. */
export function flagsWithout<Table extends FlagTable, Name extends keyof Table>(
  table: Table,
  names: readonly Name[],
): Omit<Table, Name> {
  const left = Object.entries(table).filter(([name]) => !names.some((other) => other === name));
  return Object.fromEntries(left) as Omit<Table, Name>;
}

/** A table whose flags say nothing without another one. */
export function requiring<Table extends FlagTable>(requires: string, table: Table): Table {
  const flags = Object.entries(table).map(([name, flag]) => [name, { ...flag, requires }]);
  return Object.fromEntries(flags) as Table;
}

/** Spells a table as lines of help. */
export function describeFlags(table: FlagTable): string {
  return Object.entries(table).map(([name, flag]) => {
    const call = `${flag.short ? `-${flag.short}, ` : ""}--${name} ${flag.placeholder}`;
    return `  ${call.padEnd(44)} ${flag.help}${describeDefault(flag.default)}\n`;
  }).join("");
}

function describeDefault(value: unknown): string {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  if (value === undefined || isEmpty) return "";
  return ` (default: ${showValue(value)})`;
}

/** Spells a value as it is written on a command line. */
function showValue(value: unknown): unknown {
  return typeof value === "boolean" ? (value ? "True" : "False") : value ?? "None";
}

/** Whether a word is no flag: a name, a negative number, or a text with spaces. */
function isValue(word: string): boolean {
  return !word.startsWith("-") || word === "-" || /^-[\d.]/.test(word) || word.includes(" ");
}

/** Splits `--name=value`, `-nvalue` and `-n`; the value may follow. */
function splitFlag(word: string, table: FlagTable): { name: string; value?: string } {
  if (!word.startsWith("--")) {
    const found = Object.entries(table).find(([, flag]) => flag.short === word[1]);
    if (found === undefined) throw unknownFlag(word, table);
    const value = word.slice(2).replace(/^=/, "");
    return { name: found[0], ...(value !== "" && { value }) };
  }
  const equals = word.indexOf("=");
  const name = findName(equals < 0 ? word : word.slice(0, equals), table);
  return { name, ...(equals >= 0 && { value: word.slice(equals + 1) }) };
}

/** Finds the one flag that is called so or that alone begins so; `-` and `_` are the same. */
function findName(word: string, table: FlagTable): string {
  const name = word.slice(2).replaceAll("-", "_");
  if (Object.hasOwn(table, name)) return name;
  const candidates = Object.keys(table).filter((candidate) => candidate.startsWith(name));
  if (candidates.length === 1) return candidates[0];
  if (candidates.length === 0 || name === "") throw unknownFlag(word, table);
  throw new UsageError(`Cannot read ${word}: it may be --${candidates.join(" or --")}`);
}

function unknownFlag(word: string, table: FlagTable): UsageError {
  const meant = meantFlags(word.replace(/^-+/, "").replaceAll("-", "_"), Object.keys(table));
  const advice = meant.length === 0 ? "" : `; did you mean ${meant.join(" or ")}?`;
  return new UsageError(`Cannot read ${word}: there is no such flag${advice}`);
}

/** What a word may be meant for. A letter is the first flag that begins with it; `-v` is the version elsewhere. */
function meantFlags(word: string, names: readonly string[]): string[] {
  const letter = word.length === 1 ? word.toLowerCase() : undefined;
  const name = letter ? names.find((name) => name.startsWith(letter)) : nearestName(word, names);
  return [...(name === undefined ? [] : [`--${name}`]), ...(letter === "v" ? ["sotto --version"] : [])];
}

/** Takes the word after a flag, if it is its value. */
function takeValue(word: string, flag: AnyFlag, rest: string[]): string | undefined {
  const next = rest[0];
  if (flag.bare !== undefined) return takeOptionalValue(word, flag, rest);
  if (next !== undefined && (isValue(next) || next === "-h")) return rest.shift();
  throw new UsageError(`Cannot read ${word}: wanted ${flag.placeholder} after it`);
}

/** Takes the word after a flag that may stand alone. A word that is no value may only be a file, and look like one. */
function takeOptionalValue(word: string, flag: AnyFlag, rest: string[]): string | undefined {
  const next = rest[0];
  if (next === undefined || (!isValue(next) || looksLikeFile(next))) return undefined;
  if (flag.parse(next, flag.default) !== undefined) return rest.shift();
  throw new UsageError(
    `Cannot read ${word}: its value is ${
      JSON.stringify(next)
    }, wanted ${flag.placeholder}; if that is a file, ` +
      `write ${word} True ${next}`,
  );
}

/** Whether a word has what names of recordings have and values of flags have not: an ending or a folder. */
function looksLikeFile(word: string): boolean {
  return word === "-" || (/[./\\]/.test(word) && !/^-?[\d.]+$/.test(word));
}

function parseValue(
  name: string,
  flag: AnyFlag,
  text: string,
  values: ReadonlyMap<string, unknown>,
): unknown {
  const value = flag.parse(text, values.get(name));
  // `null` is a value: it is what None becomes.
  if (value !== undefined) return value;
  const advice = flag.advise?.(text) ?? "";
  throw new UsageError(
    `Cannot read --${name}: its value is "${text}", wanted ${flag.placeholder}${advice && `; ${advice}`}`,
  );
}
