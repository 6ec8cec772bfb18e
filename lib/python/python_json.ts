/** JSON as Python's `json.dump` writes it, with numbers that JSON has not. */

/** Those numbers, as values of an object. */
const NO_NUMBER = /(?<!\\)": (?:NaN|-?Infinity)(?=[,}])/g;

/**
 * Reads JSON of Python; `NaN` and the infinities are `null`.
 *
 * @throws {SyntaxError} when it is no JSON.
 */
export function parsePythonJson(text: string): unknown {
  return JSON.parse(text.replaceAll(NO_NUMBER, '": null'));
}
