/** Who speaks when: from parts of speech, each with a speaker, to turns. */

/** A stretch in which one person speaks. */
export interface SpeakerTurn {
  /** Seconds from the start of the audio. */
  readonly start: number;
  /** Seconds from the start of the audio. */
  readonly end: number;
  /** Who speaks, from 0, in the order in which they are first heard. */
  readonly speaker: number;
}

/** Parts of one speaker that lie less than this many seconds apart are one turn. */
const SHORTEST_PAUSE = 0.5;

/**
 * Joins what one person says in a row, and numbers the speakers in the order in which they are heard.
 *
 * @param parts In order, none overlapping another; the speakers have any numbers.
 */
export function joinTurns(parts: readonly SpeakerTurn[]): SpeakerTurn[] {
  const numbers = new Map<number, number>();
  const turns: SpeakerTurn[] = [];
  for (const { start, end, speaker: known } of parts) {
    if (!numbers.has(known)) numbers.set(known, numbers.size);
    const speaker = numbers.get(known)!, last = turns.at(-1);
    if (last?.speaker === speaker && start - last.end < SHORTEST_PAUSE) {
      turns[turns.length - 1] = { ...last, end };
    } else turns.push({ start, end, speaker });
  }
  return turns;
}

/** Who speaks in most of a stretch; where nobody does, who is nearest. Nobody, if there are no turns. */
export function speakerIn(
  turns: readonly SpeakerTurn[],
  { start, end }: { readonly start: number; readonly end: number },
): number | undefined {
  const shares = new Map<number, number>();
  // The first turn that ends after the start.
  let first = 0, after = turns.length;
  while (first < after) {
    const middle = (first + after) >> 1;
    if (turns[middle].end <= start) first = middle + 1;
    else after = middle;
  }
  for (let i = first; i < turns.length && turns[i].start < end; i++) {
    const turn = turns[i];
    const share = Math.min(end, turn.end) - Math.max(start, turn.start);
    shares.set(turn.speaker, (shares.get(turn.speaker) ?? 0) + share);
  }
  const [most] = [...shares].toSorted(([, a], [, b]) => b - a);
  if (most !== undefined) return most[0];
  const [before, next] = [turns[first - 1], turns[first]];
  if (before === undefined || next === undefined) return (before ?? next)?.speaker;
  return next.start - end < start - before.end ? next.speaker : before.speaker;
}
