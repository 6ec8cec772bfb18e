/**
 * The merges of byte-pair encoding on one piece of text: a queue of the pairs that merge and a linked list of
 * the tokens, so that a piece of n bytes takes O(n log n), however long it is.
 */

/** Gives the token that two neighbours merge into, if they do. */
export type MergedToken = (left: number, right: number) => number | undefined;

/** Stands where a token was that has been merged into the one before it. */
const GONE = -1;

/** Makes room for a position beside a token in one number that is exact. */
const POSITIONS = 2 ** 32;

/**
 * Merges the neighbours of a piece, the lowest token first and from left to right, until none merge.
 *
 * @param tokens One token a byte; overwritten.
 */
export function mergePiece(tokens: number[], mergedToken: MergedToken): number[] {
  const count = tokens.length;
  const next = tokens.map((_, position) => position + 1);
  const previous = tokens.map((_, position) => position - 1);
  const queue: number[] = [];
  const mergeAt = (position: number) =>
    position >= 0 && next[position] < count
      ? mergedToken(tokens[position], tokens[next[position]])
      : undefined;
  const enqueue = (position: number) => {
    const merged = mergeAt(position);
    if (merged !== undefined) push(queue, merged * POSITIONS + position);
  };

  for (let position = 0; position < count; position++) enqueue(position);
  while (queue.length > 0) {
    const entry = pop(queue);
    const position = entry % POSITIONS;
    const merged = (entry - position) / POSITIONS;
    if (tokens[position] === GONE || mergeAt(position) !== merged) continue;
    const right = next[position];
    tokens[position] = merged;
    tokens[right] = GONE;
    next[position] = next[right];
    if (next[right] < count) previous[next[right]] = position;
    enqueue(previous[position]);
    enqueue(position);
  }
  return tokens.filter((token) => token !== GONE);
}

/** Adds a value to a binary heap whose smallest value is the first. */
function push(heap: number[], value: number): void {
  let index = heap.length;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (heap[parent] <= value) break;
    heap[index] = heap[parent];
    index = parent;
  }
  heap[index] = value;
}

/** Takes the smallest value out of a heap that is not empty. */
function pop(heap: number[]): number {
  const smallest = heap[0];
  const value = heap.pop() as number;
  let index = 0;
  while (2 * index + 1 < heap.length) {
    let child = 2 * index + 1;
    if (heap[child + 1] < heap[child]) child++;
    if (value <= heap[child]) break;
    heap[index] = heap[child];
    index = child;
  }
  if (heap.length > 0) heap[index] = value;
  return smallest;
}
