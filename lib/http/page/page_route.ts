/**
 * The page for people, at `/`: HTML, CSS and ES modules as they stand in `client/`, without a build. They are text in a
 * module because that is what every way of loading this library can bring along: JSR takes no import of text, and Bun
 * takes a file either as a module or as text, not as both.
 */
import { LANGUAGES } from "../../tokenizer/languages.ts";
import { ApiError } from "../api_error.ts";

/** Where the files of the page are, beside its address. */
export const PAGE_FILES = "/page";

/** What the page must know of the server. */
export interface PageFacts {
  /** The names of the models, the first being meant where none is named. */
  readonly models: readonly string[];
  /** Whether requests need a key. */
  readonly needsKey: boolean;
  /** Bytes of an upload. */
  readonly maxUpload: number;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/** What the page may do: run its own modules, ask its own server, and play what it was given. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src data:",
  "media-src blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const PERMISSIONS = "microphone=(self), camera=(), geolocation=()";

/** Gives the page. */
export async function answerPage(facts: PageFacts): Promise<Response> {
  const { CLIENT_FILES } = await import("./client_files.ts");
  const text = CLIENT_FILES["index.html"].replaceAll(/\{\{ *(\w+) *\}\}/g, (_, name) => fillIn(name, facts));
  const headers = {
    "content-type": CONTENT_TYPES.html,
    "content-security-policy": POLICY,
    "permissions-policy": PERMISSIONS,
  };
  return new Response(text, { headers });
}

/**
 * Gives a file of the page.
 *
 * @throws {ApiError} when there is none.
 */
export async function answerPageFile(pathname: string): Promise<Response> {
  const { CLIENT_FILES } = await import("./client_files.ts");
  const name = pathname.slice(PAGE_FILES.length + 1);
  if (!Object.hasOwn(CLIENT_FILES, name) || name === "index.html") {
    throw new ApiError("There is no such file", { status: 404, code: "not_found" });
  }
  const type = CONTENT_TYPES[name.slice(name.lastIndexOf(".") + 1)];
  return new Response(CLIENT_FILES[name], { headers: { "content-type": type } });
}

function fillIn(name: string, { models, needsKey, maxUpload }: PageFacts): string {
  switch (name) {
    case "MODELS":
      return models.map((model) => option(model, model)).join("");
    case "LANGUAGES":
      return [...LANGUAGES]
        .map(([code, language]) => ({
          code,
          name: language.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
        }))
        .sort((one, other) => one.name < other.name ? -1 : 1)
        .map(({ code, name }) => option(code, name))
        .join("");
    case "MAX_UPLOAD":
      return String(maxUpload);
    case "MAX_UPLOAD_TEXT":
      return `${Math.floor(maxUpload / (1 << 20))} MB`;
    case "NEEDS_KEY":
      return String(needsKey);
    default:
      throw new Error(`The page has no fact ${name}`);
  }
}

function option(value: string, text: string): string {
  return `<option value="${escaped(value)}">${escaped(text)}</option>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
