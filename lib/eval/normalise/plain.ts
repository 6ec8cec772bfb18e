/** The plainest normalisation: what is not a letter or a number parts words, and case does not count. */

/** Cuts text into words: lower case, no punctuation, a hyphen parts words, numbers stay as they are written. */
export function plainWords(text: string): string[] {
  const plain = text.normalize("NFC").toLowerCase()
    .replaceAll(/['’]/g, "")
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, " ");
  return plain.split(" ").filter((word) => word !== "");
}
