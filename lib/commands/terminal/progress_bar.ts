/** One line on stderr that says how far the work is: redrawn on a terminal, a new line every few seconds elsewhere. */
import type { Terminal } from "../command.ts";
import { cutToWidth, displayWidth } from "../../text/display_width.ts";

/** Milliseconds between two plain lines. */
const LINE_INTERVAL = 5_000;

/** The widest bar, in columns, and the narrowest that is drawn. */
const MAX_BAR = 30;
const MIN_BAR = 5;

/** The columns of the text below which it is better cut with all that follows. */
const MIN_TEXT = 12;

/** How far some work is. */
export interface Progress {
  /** What is being done: `Transcribing talk.wav`. */
  readonly text: string;
  /** The part that is done, 0 to 1. */
  readonly fraction: number;
  /** How much, how fast, how long yet. */
  readonly figures: string;
}

/** A progress bar that shares the terminal with what is printed in the meantime. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #plain: boolean;
  readonly #now: () => number;
  #lastLine: number;
  #drawn: string | undefined;

  /**
   * Draws nothing yet.
   *
   * @param options Whether to write plain lines where there is no terminal, and a clock in milliseconds.
   */
  constructor(terminal: Terminal, options: { plain?: boolean; now?: () => number } = {}) {
    this.#terminal = terminal;
    this.#plain = options.plain ?? true;
    this.#now = options.now ?? (() => performance.now());
    this.#lastLine = this.#now();
  }

  /** Shows how far the work is. */
  update(progress: Progress): void {
    if (this.#terminal.interactive) {
      this.#drawn = formatProgress(progress, this.#terminal.columns);
      this.#terminal.err(`\r\x1b[K${this.#drawn}`);
    } else if (this.#plain && this.#now() - this.#lastLine >= LINE_INTERVAL) {
      this.#terminal.err(`${progress.text}: ${progress.figures}\n`);
      this.#lastLine = this.#now();
    }
  }

  /** Lets something be printed above the bar. */
  above(print: () => void): void {
    const drawn = this.#drawn;
    this.clear();
    print();
    if (drawn === undefined) return;
    this.#terminal.err(drawn);
    this.#drawn = drawn;
  }

  /** Wipes the bar. */
  clear(): void {
    if (this.#drawn !== undefined) this.#terminal.err("\r\x1b[K");
    this.#drawn = undefined;
  }
}

/** Spells `text [####    ] figures` in one line; without the bar where there is no room for it. */
export function formatProgress({ text, fraction, figures }: Progress, columns: number): string {
  // A name may hold what would move the cursor.
  const shown = text.replaceAll(/\p{Cc}/gu, "?");
  const room = Math.min(MAX_BAR, columns - displayWidth(shown) - displayWidth(figures) - 5);
  if (room >= MIN_BAR) {
    const done = Math.round(Math.min(1, Math.max(0, fraction)) * room);
    return `${shown} [${"#".repeat(done).padEnd(room)}] ${figures}`;
  }
  const left = columns - displayWidth(figures) - 2;
  if (left < MIN_TEXT) return cutToWidth(`${shown} ${figures}`, columns - 1);
  return `${cutToWidth(shown, left)} ${figures}`;
}
