/**
 * Deno's permissions: what an error of a denied one says, so that messages name its flag and not what else could
 * be wrong.
 */

/**
 * Tells what permission an error, or what caused it, asks for.
 *
 * @returns A sentence as `the permission --allow-read is missing (for "/a.wav"): run Deno again with that flag`, or
 * nothing if it is another error. Bun and Node.js deny nothing so.
 */
export function missingPermission(error: unknown): string | undefined {
  for (let reason = error; reason instanceof Error; reason = reason.cause) {
    // `PermissionDenied` is what Deno 1 called it; the operating system's own refusals name no flag.
    if (reason.name !== "NotCapable" && reason.name !== "PermissionDenied") continue;
    const flag = /--allow-[a-z]+/.exec(reason.message)?.[0];
    if (flag === undefined) continue;
    const what = /^Requires \w+ access to (.+?), run again/s.exec(reason.message)?.[1];
    return `the permission ${flag} is missing${what ? ` (for ${what})` : ""}: run Deno again with that flag`;
  }
}
