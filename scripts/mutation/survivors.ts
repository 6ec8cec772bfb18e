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
  "lib/eval/edit_alignment.ts": {
    "const WHOLE_TABLE = 1 << 20;": "how much is kept at once: memory, not another result",
    "if (a0 === a1 || b0 === b1) {": "the table has the same of an empty range",
    "} else if ((a1 - a0 + 1) * (b1 - b0 + 1) <= this.#wholeTable || a1 - a0 === 1) {":
      "how much is kept at once: memory, not another result",
    "const after = this.#lastRow(middle, a1, b0, b1, -1);": "any number but 1 is the way back",
    "if (before[j] + after[width - j] < before[cut] + after[width - cut]) cut = j;":
      "a tie: another of the cheapest",
    "const width = b1 - b0;": "more columns than are looked at",
    "let row = Float64Array.from({ length: width + 1 }, (_, j) => j);": "more room than is used",
    "let next = new Float64Array(width + 1);": "more room than is used",
    "for (let j = 0; j < width; j++) {": "a column behind the last, which has no room",
    "const one = (row[j + 1] < next[j] ? row[j + 1] : next[j]) + 1;": "a tie: the same number",
    "next[j + 1] = both < one ? both : one;": "a tie: the same number",
    "const stride = width + 1;": "more room than is used",
    "const costs = new Float64Array((height + 1) * stride);": "more room than is used",
    "for (let j = 0; j <= width; j++) costs[j] = j;": "the first is zero as it is",
  },
  "lib/vad/speech_spans.ts": {
    "let start = -1;": "any negative number is none",
    "for (let frame = 0; frame < probabilities.length; frame++) {":
      "a frame behind the last is neither speech nor silence",
    "start = -1;": "any negative number is none",
    "let silentSince = -1;": "any negative number is none",
    "for (let frame = start + 1; frame < end; frame++) {":
      "a piece begins with speech, or a pause too short to count",
    "if (silentSince < 0) silentSince = frame;": "no pause begins with the recording",
    "if (length * frameSeconds >= SHORTEST_PAUSE && length >= (best ? best.end - best.start : 0)) {":
      "no pause is as long as that to the microsecond, or has no frame",
    "} else silentSince = -1;": "any negative number is none",
    "for (let frame = end - 1; frame > (start + end) / 2; frame--) {":
      "the last frame is where the search begins",
  },
};
