/** The line in which a terminal shows what is being said, until it is final. */
import type { Terminal } from "../command.ts";
import { displayWidth } from "../../text/display_width.ts";

const graphemes = new Intl.Segmenter();

/** One line on stderr that is drawn again and again; nothing where that is no terminal. */
export class LiveLine {
  readonly #terminal: Terminal;
  #isDrawn = false;

  /** Draws nothing yet. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Shows text; the part of it that may still change is dim. */
  show(stable: string, rest: string): void {
    if (!this.#terminal.interactive) return;
    const shown = lastColumns(
      `${stable}${rest}`.trim().replaceAll(/\p{Cc}/gu, "?"),
      this.#terminal.columns - 1,
    );
    const dim = Math.min(shown.length, rest.trimEnd().length);
    const split = shown.length - dim;
    this.#terminal.err(`\r\x1b[K${shown.slice(0, split)}\x1b[2m${shown.slice(split)}\x1b[22m`);
    this.#isDrawn = true;
  }

  /** Wipes the line. */
  clear(): void {
    if (this.#isDrawn) this.#terminal.err("\r\x1b[K");
    this.#isDrawn = false;
  }
}

/** The end of a text that takes no more columns than there are. */
export function lastColumns(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let width = 1, end = "";
  for (const { segment } of [...graphemes.segment(text)].reverse()) {
    width += displayWidth(segment);
    if (width > columns) break;
    end = segment + end;
  }
  return columns > 0 ? `…${end}` : "";
}
