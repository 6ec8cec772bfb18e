/** An alignment as people read it: what was said above what was heard, with what is wrong in capitals. */
import { characterCount } from "../python/python_text.ts";
import type { AlignedPair } from "./edit_alignment.ts";

/** Columns of a line, unless told otherwise. */
const COLUMNS = 100;

/**
 * Spells an alignment in blocks of three lines: the words said, the words heard, and under each wrong one S, D or I.
 * Stars stand where a word is missing.
 */
export function formatAligned(
  utterance: {
    readonly reference: readonly string[];
    readonly hypothesis: readonly string[];
    readonly pairs: readonly AlignedPair[];
  },
  options: {
    /**
     * Columns of a line.
     *
     * @default {100}
     */
    readonly columns?: number;
  } = {},
): string {
  const { columns = COLUMNS } = options;
  let text = "", lines = ["REF:", "HYP:", "    "];
  let width = 4;
  const flush = () => {
    text += lines.map((line) => `${line.trimEnd()}\n`).join("");
    lines = ["REF:", "HYP:", "    "];
    width = 4;
  };
  for (const pair of utterance.pairs) {
    const cells = cellsOf(pair, utterance);
    const room = Math.max(...cells.map(characterCount));
    if (width > 4 && width + 1 + room > columns) flush();
    lines = lines.map((line, i) => `${line} ${cells[i]}${" ".repeat(room - characterCount(cells[i]))}`);
    width += 1 + room;
  }
  if (width > 4) flush();
  return text;
}

function cellsOf(
  { reference, hypothesis, isMatch }: AlignedPair,
  words: { readonly reference: readonly string[]; readonly hypothesis: readonly string[] },
): [said: string, heard: string, mark: string] {
  const said = reference === undefined ? undefined : words.reference[reference];
  const heard = hypothesis === undefined ? undefined : words.hypothesis[hypothesis];
  if (isMatch) return [said!, heard!, ""];
  const stars = "*".repeat(characterCount(said ?? heard!));
  if (said === undefined) return [stars, heard!.toUpperCase(), "I"];
  if (heard === undefined) return [said.toUpperCase(), stars, "D"];
  return [said.toUpperCase(), heard.toUpperCase(), "S"];
}
