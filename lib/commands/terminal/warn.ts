/** What the user should know and what is no error. */
import type { Terminal } from "../command.ts";

/** Prints a warning. */
export function warn(terminal: Terminal, message: string): void {
  terminal.err(`Warning: ${message}\n`);
}
