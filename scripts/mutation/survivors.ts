/** Changes that no test can see, by the file and the line they are made in, each with the reason. */
export const SURVIVORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "lib/timing/dtw.ts": {
    "const LEFT = 2;": "any third number names the step",
    "let above = new Float64Array(columnCount + 1).fill(Infinity);": "more room than is used",
    "let row = new Float64Array(columnCount + 1);": "more room than is used",
    "above[0] = 0;": "where every path begins: a number added to them all",
    "for (let i = 0; i < rowCount; i++) {": "a row behind the last, whose steps have no room",
    "for (let j = 0; j < columnCount; j++) {":
      "a column behind the last, whose step is written over or has no room",
  },
  "lib/timing/median_filter.ts": {
    "for (let i = 0; i < count; i += 2) {": "a pair behind the last, which nobody reads",
  },
  "lib/decoding/beam_search_decoder.ts": {
    "return this.#beamSize + 1;": "more tokens than can be kept: time, not another result",
  },
  "lib/decoding/initial_tokens.ts": {
    "tokens.push(...(room > 0 || strictParity ? prefix.slice(-room) : prefix));": "slice(-0) is all of it",
  },
};
