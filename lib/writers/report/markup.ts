/** HTML and SVG as text in which nothing that was handed in is more than text. */

/** Markup: what `markup` made, and nobody else. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Takes a text for markup as it stands: for files of our own. */
  static ofOurs(text: string): Markup {
    return new Markup(text);
  }

  toString(): string {
    return this.#text;
  }
}

/** What may stand between the literal parts: texts are escaped, nothing is left out, lists are joined. */
export type MarkupValue = Markup | string | number | undefined | false | readonly MarkupValue[];

/** Makes markup of a template. Values in attributes stand between double quotes. */
export function markup(literals: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return Markup.ofOurs(literals.map((literal, i) => literal + spell(values[i])).join(""));
}

function spell(value: MarkupValue): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Markup) return value.toString();
  if (Array.isArray(value)) return value.map(spell).join("");
  return escapeText(String(value));
}

/** What XML has no place for, not even escaped: control characters and the two that are none. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const UNSPEAKABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/** Escapes a text for HTML and XML, between tags and in quoted attributes. */
function escapeText(text: string): string {
  return text.toWellFormed().replaceAll(UNSPEAKABLE, "\ufffd")
    .replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
