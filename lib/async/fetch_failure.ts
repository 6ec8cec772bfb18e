/** Why a `fetch` failed, or the body of what it gave, in the words of either runtime. */

/** What Bun advises who fetches by hand. */
const ADVICE = /\.? For more information, pass [^]*? to fetch\(\)$/;

/**
 * Gives the reason that failing errors hold: both runtimes wrap it, and repeat the whole address in it, which may hold a
 * secret.
 */
export function whyFetchFailed(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  const { message, code } = Object(innermost) as { message?: string; code?: unknown };
  const said = (message ?? String(innermost)).replace(/ for url \(.*?\)/, "");
  const text = said.replace(ADVICE, "").replace(/\.$/, "");
  return typeof code === "string" && !text.includes(code) ? `${text} (${code})` : text;
}
