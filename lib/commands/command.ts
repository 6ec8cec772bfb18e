/**
 * What a command of the CLI is. Each lives in a file of its own that exports `command`, and writes to the
 * `Terminal` it is given, so that a test can read what it prints.
 */
import type { ArgumentErrorCode } from "../../mod.ts";
import type { FlagTable } from "./flags/parse_flags.ts";

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
  /** What it takes beside words. */
  readonly flags: FlagTable;
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

/** The codes of errors by which the library says that it was told something wrong. */
const TOLD_WRONG: readonly unknown[] = [
  "UNKNOWN_OPTION",
  "INVALID_OPTION",
  "INVALID_INPUT",
] satisfies ArgumentErrorCode[];

/** Makes of an error that tells of a wrong option one that tells of a wrong command line; others stay as they are. */
export function asUsageError(error: unknown): unknown {
  return isToldWrong(error) ? new UsageError(error.message, { cause: error }) : error;
}

/** Whether the library says by an error that it was told something wrong. */
export function isToldWrong(error: unknown): error is Error {
  return error instanceof Error && TOLD_WRONG.includes((error as { code?: unknown }).code);
}

/** Does what fails where an option is wrong, and says then that the command line is. */
export function checkUsage<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw asUsageError(error);
  }
}

/** Thrown where `-h` or `--help` stands: the entry prints the usage of the command. */
export class HelpRequest extends Error {
  override name = "HelpRequest";
}
