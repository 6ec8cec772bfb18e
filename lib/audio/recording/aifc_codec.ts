/** What the sound of an AIFC file is compressed with. After "Audio Interchange File Format AIFF-C", draft of 1991. */

/** Where four letters say so in the chunk of facts: behind its name, its length and 18 bytes. */
const LETTERS_AT = 26;
/** Those that say how samples are stored, whole or in A-law and µ-law. */
const STORED = /^(?:none|twos|sowt|raw |in\d\d|fl\d\d|alaw|ulaw)$/i;
const NAMES: ReadonlyMap<string, string> = new Map([
  ["ima4", "IMA ADPCM"],
  ["MAC3", "MACE 3:1"],
  ["MAC6", "MACE 6:1"],
  ["Qclp", "Qualcomm PureVoice"],
  ["QDM2", "QDesign Music 2"],
  ["GSM ", "GSM"],
  ["G722", "G.722"],
]);

/** Names the codec, told by the first bytes of a file; nothing where its samples are stored as they are. */
export function aifcCodec(head: Uint8Array): string | undefined {
  const text = String.fromCharCode(...head);
  const facts = text.indexOf("COMM");
  const letters = text.slice(facts + LETTERS_AT, facts + LETTERS_AT + 4);
  if (text.slice(8, 12) !== "AIFC" || facts < 0 || !/^[ -~]{4}$/.test(letters) || STORED.test(letters)) {
    return undefined;
  }
  return NAMES.get(letters) ?? JSON.stringify(letters);
}
