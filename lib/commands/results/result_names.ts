/** What the files of results are called. */

/** Bytes that a file's name may have. */
const MAX_NAME = 255;

/** Bytes kept free for the ending of a result. */
const ROOM_FOR_ENDING = 5;

/**
 * Gives each recording a name for its results that no other has, also where a file system takes upper and lower
 * case for the same: the second `talk` is `talk-2`.
 *
 * @param stems The names without endings, in order.
 */
export function distinctNames(stems: readonly string[]): string[] {
  const wanted = stems.map((stem) => cutName(stem, ROOM_FOR_ENDING));
  const taken = new Set<string>();
  const others = new Set(wanted.map(foldName));
  return wanted.map((stem) => {
    let name = stem;
    for (let n = 2; taken.has(foldName(name)) || (name !== stem && others.has(foldName(name))); n++) {
      name = `${cutName(stem, `-${n}`.length + ROOM_FOR_ENDING)}-${n}`;
    }
    taken.add(foldName(name));
    return name;
  });
}

function foldName(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** Cuts a name so that it leaves room for some bytes more. */
export function cutName(name: string, room: number): string {
  const encoder = new TextEncoder();
  let length = 0;
  let cut = "";
  for (const character of name) {
    length += encoder.encode(character).length;
    if (length > MAX_NAME - room) break;
    cut += character;
  }
  return cut;
}
