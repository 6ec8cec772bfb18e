/**
 * Texts to compare the normalisers with the reference on: the same 2,000 at every run, made from what the normalisers care
 * for by a seeded generator. Run as a program it prints them as JSON for
 * `scripts/reference/make_normaliser_reference.py`.
 */
import process from "node:process";
import { AMERICAN_SPELLINGS } from "../../../lib/eval/normalise/english_spellings.ts";
import { CONTRACTIONS } from "../../../lib/eval/normalise/contractions.ts";
import { NUMBER_WORDS } from "../../../lib/eval/normalise/number_words.ts";
import { seededUniform } from "../../seeded_random.ts";
import { SCRIPTS } from "../tokenizer/samples.ts";

/** How many there are. */
export const COUNT = 2000;

const FIGURES = [
  "0",
  "1",
  "1s",
  "2",
  "7",
  "10",
  "10th",
  "12.5",
  "3.0",
  "20,000",
  "1,234,567",
  "007",
  "1960s",
  "192.168.0.1",
]
  .concat([
    "$20",
    "£3.50",
    "€0.36",
    "¢7",
    "$0.07",
    "90%",
    "-5",
    "+3.2",
    "2nd",
    "21 st",
    "b747",
    "10km",
    "$",
    "%",
    "3.",
    ".5",
  ])
  .concat(["٣", "१२", "２０", "½", "x²", "1/2", "12:30", "$1.5m", "5'10\"", "#1", "&", "c++"]);
const WORDS =
  "the a and and of to I you's won't don't he'd she's it'll we've i'm o'clock hmm uh um Mr. Mrs. St. Dr. Jr. " +
  "and a half point double triple minus per cent percent dollars cents pounds euros second seconds one ones oh o zero " +
  "naïve café Łódź Ærø straße Þór İstanbul ΣΊΣΥΦΟΣ ﬁne (laughs) [music] <i>really</i> no-one e.g. U.S.A. co-op ' 'tis " +
  "rock'n'roll ma'am wanna gonna y'all i'ma … — « » 'd been äst dr.no mr;x st_x";
const SEPARATORS = [
  " ",
  " ",
  " ",
  " ",
  " ",
  ", ",
  ". ",
  "  ",
  "-",
  "\n",
  "\t",
  "\u00a0",
  "\u3000",
  " '",
  "; ",
  "? ",
];

/** Makes the texts. */
export function normaliserTexts(): string[] {
  const random = seededUniform(20261126);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)];
  const numbers = [...NUMBER_WORDS];
  const others = WORDS.split(" ");
  const shorts = CONTRACTIONS.map(([short]) => short);
  const spellings = AMERICAN_SPELLINGS.trim().split(/\s+/);
  const scripts = Object.values(SCRIPTS).map(([words]) => words);
  const kinds: readonly (() => string)[] = [
    () => pick(numbers),
    () => pick(numbers),
    () => pick(FIGURES),
    () => pick(others),
    () => pick(others),
    () => `${pick(["they", "he", "who", "it", "is"])}${pick(shorts)}`,
    () => pick(spellings),
    () => pick(scripts),
  ];
  return Array.from({ length: COUNT }, (_, i) => {
    // Every fourth text is a long number; the rest have all kinds.
    const used = i % 4 === 0 ? kinds.slice(0, 3) : kinds;
    let text = "";
    for (let words = 1 + Math.floor(random() * 12); words > 0; words--) {
      const word = pick(used)();
      text += (random() < 0.2 ? word[0].toUpperCase() + word.slice(1) : word) + pick(SEPARATORS);
    }
    return text;
  });
}

if (import.meta.main) process.stdout.write(JSON.stringify(normaliserTexts()));
