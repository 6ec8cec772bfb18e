/** Who may ask from where, and what answers say of themselves. */
import { ApiError } from "./api_error.ts";

/** Who may ask. */
export interface AccessRules {
  /** Origins whose pages may ask, beside its own. */
  readonly corsOrigins: readonly string[];
  /** Names that the server is called by. */
  readonly hosts: readonly string[] | undefined;
}

/** What answers say, whatever they are, unless they say otherwise. */
const SECURE_HEADERS: readonly (readonly [string, string])[] = [
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "no-referrer"],
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cache-control", "no-store"],
];

/** What a page's request may have for headers. */
const HEADER_NAMES = /^[\w-]+(?:, ?[\w-]+){0,63}$/;

/**
 * Refuses requests to another name, and those that a page of another origin makes: a browser sends forms anywhere, and
 * work is done before it keeps the answer from the page.
 *
 * @throws {ApiError} when one is refused.
 */
export function assertAccess(request: Request, rules: AccessRules): void {
  const host = hostOf(request);
  if (rules.hosts !== undefined && !rules.hosts.includes(withoutPort(host))) {
    throw refused("This server is not called so; see its option hosts");
  }
  const origin = request.headers.get("origin");
  if (origin === null || isAllowed(origin, rules)) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw refused("Pages of this origin may not ask; see the server's option corsOrigins");
}

function refused(message: string): ApiError {
  return new ApiError(message, { status: 403, code: "forbidden" });
}

function hostOf(request: Request): string {
  return (request.headers.get("host") ?? new URL(request.url).host).toLowerCase();
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "");
}

function isAllowed(origin: string, { corsOrigins }: AccessRules): boolean {
  return corsOrigins.includes("*") || corsOrigins.includes(origin);
}

/** Answers a browser that asks whether a page may ask. */
export function preflight(request: Request, rules: AccessRules): Response {
  const response = new Response(null, { status: 204 });
  const origin = request.headers.get("origin");
  if (origin === null || !isAllowed(origin, rules)) return response;
  response.headers.set("access-control-allow-methods", "GET, POST");
  const names = request.headers.get("access-control-request-headers");
  if (names !== null && HEADER_NAMES.test(names)) response.headers.set("access-control-allow-headers", names);
  response.headers.set("access-control-max-age", "600");
  return response;
}

/** Sets what every answer has. */
export function secure(response: Response, request: Request, rules: AccessRules): void {
  const { headers } = response;
  for (const [name, value] of SECURE_HEADERS) if (!headers.has(name)) headers.set(name, value);
  const origin = request.headers.get("origin");
  const isCrossOrigin = origin !== null && isAllowed(origin, rules);
  headers.set("cross-origin-resource-policy", isCrossOrigin ? "cross-origin" : "same-origin");
  if (rules.corsOrigins.length > 0) headers.append("vary", "Origin");
  if (!isCrossOrigin) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", "x-request-id, retry-after");
}
