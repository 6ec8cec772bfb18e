import { missingPermission } from "../../../ffi/permission.ts";
import { isToldWrong, UsageError } from "../command.ts";
import { nameFlags } from "../flags/name_flags.ts";
import type { FlagTable } from "../flags/parse_flags.ts";

/**
 * Says what went wrong, for people. Our messages say it whole; the class of any other error helps to find it.
 *
 * @param flags The flags of the command: what the library says of options is said of these.
 */
export function describeError(error: unknown, flags: FlagTable = {}): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, cause } = error;
  if (error instanceof UsageError) {
    // What a command says itself names flags already.
    return cause === undefined ? message : nameFlags(message, flags, isToldWrong(cause));
  }
  if (/^Cannot /.test(message)) return nameFlags(message, flags, isToldWrong(error));
  const denied = missingPermission(error);
  return denied === undefined ? `${name}: ${message}` : `Cannot go on: ${denied}`;
}
