/** What the user should know and what is no error. */
import type { Terminal } from "../command.ts";
import { nameFlags } from "../flags/name_flags.ts";
import type { FlagTable } from "../flags/parse_flags.ts";

/**
 * Prints a warning.
 *
 * @param flags The flags of the command, where it is the library that warns.
 */
export function warn(terminal: Terminal, message: string, flags: FlagTable = {}): void {
  terminal.err(`Warning: ${nameFlags(message, flags)}\n`);
}
