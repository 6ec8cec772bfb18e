/** openai/whisper's spelling of names. */

/** Spells the names of an object's members as openai/whisper does: `nMels` becomes `n_mels`. */
export function snakeCase<Value>(object: Readonly<Record<string, Value>>): Record<string, Value> {
  const spelled = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [spelled(name), value]));
}
