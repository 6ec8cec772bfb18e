/** The diarisation error rate, as NIST's `md-eval` has it: what is missed, false, or somebody else's, of what is spoken. */
import type { Turn } from "./scenes.ts";

/** Frames of 10 ms. */
const FRAMES_PER_SECOND = 100;

/** Seconds around a border of the reference that are not judged: it is nobody's fault there. */
const COLLAR = 0.25;

/** Compares turns with those of the truth. Several may speak at once there. */
export function diarisationErrorRate(truth: readonly Turn[], found: readonly Turn[]): number {
  const length = Math.ceil(
    FRAMES_PER_SECOND * Math.max(0, ...[...truth, ...found].map(({ end }) => end)),
  );
  const judged = new Uint8Array(length).fill(1);
  for (const time of truth.flatMap(({ start, end }) => [start, end])) {
    judged.fill(0, Math.max(0, frame(time - COLLAR)), frame(time + COLLAR));
  }
  const spoken = voicesOf(truth, length), heard = voicesOf(found, length);
  const shared = spoken.map((a) => heard.map((b) => count(length, (i) => judged[i] & a[i] & b[i])));
  const right = bestMatch(shared, 0, new Set());
  let wrong = 0, total = 0;
  for (let i = 0; i < length; i++) {
    if (!judged[i]) continue;
    const [there, here] = [spoken, heard].map((voices) => voices.reduce((sum, voice) => sum + voice[i], 0));
    total += there;
    // Of every frame the larger number is to be right.
    wrong += Math.max(there, here);
  }
  return (wrong - right) / total;
}

/** Which frames each speaker speaks in. */
function voicesOf(turns: readonly Turn[], length: number): Uint8Array[] {
  const voices: Uint8Array[] = [];
  for (const { start, end, speaker } of turns) {
    (voices[speaker] ??= new Uint8Array(length)).fill(1, frame(start), frame(end));
  }
  return voices.filter((voice) => voice !== undefined);
}

/** The most that can be right when each speaker is matched with one. */
function bestMatch(shared: readonly (readonly number[])[], row: number, taken: Set<number>): number {
  if (row === shared.length) return 0;
  let best = bestMatch(shared, row + 1, taken);
  for (const [column, frames] of shared[row].entries()) {
    if (taken.has(column)) continue;
    taken.add(column);
    best = Math.max(best, frames + bestMatch(shared, row + 1, taken));
    taken.delete(column);
  }
  return best;
}

function count(length: number, at: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += at(i);
  return sum;
}

function frame(seconds: number): number {
  return Math.round(seconds * FRAMES_PER_SECOND);
}
