import { missingPermission } from "../../../ffi/permission.ts";

/** Says what went wrong, for people. Our messages say it whole; the class of any other error helps to find it. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  if (/^Cannot /.test(message)) return message;
  const denied = missingPermission(error);
  return denied === undefined ? `${name}: ${message}` : `Cannot go on: ${denied}`;
}
