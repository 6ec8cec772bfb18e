/**
 * What a command of the CLI is. Each lives in a file of its own that exports `command`, and writes to the
 * `Terminal` it is given, so that a test can read what it prints.
 */

/** Where a command writes, and how it learns that it is to stop. */
export interface Terminal {
  /**
   * Opens stdin, where there is one.
   *
   * @throws {UsageError} when it is a terminal.
   */
  readonly stdin?: () => ReadableStream<Uint8Array>;
  /** Writes to stdout, as it is: no newline is added. */
  out(text: string): void;
  /** Writes to stderr, as it is: no newline is added. */
  err(text: string): void;
  /** Whether stderr is a terminal: progress bars are drawn there only. */
  readonly interactive: boolean;
  /** Width of the terminal in columns. */
  readonly columns: number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A command: `sotto NAME …`. */
export interface Command {
  /** The word that calls it. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly usage: string;
  /**
   * Runs it.
   *
   * @param args The words after its name.
   * @returns The exit code: 0 when all went well, 1 when something failed, 2 for wrong usage. An interruption
   * is thrown: the entry turns it into 130.
   */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** Thrown by a command that was called wrongly: printed without a stack, exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Thrown where `-h` or `--help` stands: the entry prints the usage of the command. */
export class HelpRequest extends Error {
  override name = "HelpRequest";
}
