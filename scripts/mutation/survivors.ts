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
  "lib/decoding/greedy_decoder.ts": {
    "? logits.top(1)[0]": "more than is looked at",
  },
  "lib/decoding/initial_tokens.ts": {
    "tokens.push(...(room > 0 || strictParity ? prefix.slice(-room) : prefix));": "slice(-0) is all of it",
  },
  "lib/transcription/hallucination.ts": {
    "if (duration < SHORT) score += (SHORT - duration) * SHORTNESS_WEIGHT;": "as short as that adds nothing",
    "if (duration > LONG) score += duration - LONG;": "as long as that adds nothing",
  },
  "lib/transcription/clip_timestamps.ts": {
    "for (let i = 0; i < points.length; i += 2) {": "no pair behind the last: neither is a number",
    "for (let i = 0; i < seconds.length; i += 2) {": "no part behind the last: its start is no number",
    "const [start, end = Infinity] = seconds.slice(i, i + 2);": "only two are taken",
  },
  "lib/transcription/windows/cuts.ts": {
    "const loudness = new Float32Array(nFrames - from);": "what is behind the last frame is no number",
    "for (let i = 0; i < loudness.length; i++) loudness[i] += data[band * nFrames + from + i];":
      "a frame behind the last, which has no room",
    "let sum = 0, least = Infinity, best = loudness.length;": "a number added to all sums",
    "sum += value - (i >= width ? loudness[i - width] : 0);": "a number added to all sums",
  },
  "lib/decoding/phrase_boost.ts": {
    "readonly #root: Branch = { next: new Map(), weight: 0 };": "the root has no token of its own",
    "#depth = 0;": "longer than any phrase: nothing is found there",
  },
  "lib/checkpoint/format/torch/zip_entries.ts": {
    "const MAX_DESCRIPTOR_BYTES = 24;": "more is read than is looked at",
    "const FLAG_DESCRIPTOR = 8;": "the other flag is encryption's, which was refused",
    "if (header.getUint16(8, true) !== 0) {": "nothing is nothing from either end",
    "Math.max(0, directory.offset - MAX_DESCRIPTOR_BYTES),":
      "what lies before the directory is longer than that",
  },
  "lib/checkpoint/format/safetensors.ts": {
    "if (length > MAX_JSON_BYTES) {": "a header of the very limit",
    "const fault = begin < at": "they differ",
    "if (bytes > Number.MAX_SAFE_INTEGER || end - begin !== bytes) {": "no file is as large",
  },
  "lib/writers/subtitles.ts": {
    "for (let i = 0; i < words.length; i += size) yield words.slice(i, i + size);": "no words",
    "return roundHalfEven(seconds * 1000);": "a thousandth more: no times lie so near each other",
  },
  "lib/regroup/regroup.ts": {
    "const found = endsSentence(word) ? 3 : endsClause(word) ? 2 : pause >= 0.3 ? 1 : 0;":
      "their order counts; and no pause is as long as that to the last bit",
    "const isWhole = words.length === origins.reduce((sum, { words }) => sum + (words?.length ?? 0), 0);":
      "where a word came from there are words",
  },
  "lib/audio/downmix.ts": {
    "0x4,": "one channel is all there is, whatever it is called",
    "0x3,": "two count the same, named or not",
    "speakerWeights(DEFAULT_MASKS[channels] ?? 0, channels) ??": "one speaker, and more channels",
    "new Float64Array(channels).fill(1);": "the sum is one all the same",
    "return sum === 0 ? weights.fill(1 / channels) : weights.map((weight) => weight / sum);": "one channel",
  },
  "lib/audio/wav.ts": {
    "const PADDING_PIECES = 64;": "how much is looked at",
    "const PADDING_PIECE_SIZE = 4096;": "how much is looked at",
    'if (id === "fmt ") format = readFormat(input, await input.read(offset, Math.min(size, 40)), bigEndian);':
      "more is read than is looked at",
    'if (id === "ds64") longDataSize = readLongDataSize(input, await input.read(offset, Math.min(size, 16)));':
      "more is read than is looked at",
    'if (id === "fact" && size >= 4) statedFrames = readNumber(await input.read(offset, 4), bigEndian);':
      "more is read than is looked at",
    'const rest = Array.from(chunk.subarray(28, 40), (byte) => byte.toString(16).padStart(2, "0")).join("");':
      "no more is read",
    "for (let piece = 0; piece < PADDING_PIECES; piece++) {":
      "a piece behind the last sample, which is empty",
    "for (let at = 0; at + size <= bytes.length; at += size) {":
      "a sample behind the last, whose zeros fit every kind",
    "for (let i = 0; i < size; i++) sample[bigEndian ? size - 1 - i : i] = bytes[at + i];":
      "a byte behind the last, which has no room",
  },
  "lib/audio/wasm/mp4_fragments.ts": {
    "const MAX_TOP_BOXES = 400_000;": "how much is looked at",
    "const MAX_DESCRIPTION = 1 << 24;": "how much is looked at",
    "const HAS_BASE = 0x1, HAS_DESCRIPTION = 0x2, HAS_DURATION = 0x8, HAS_SIZE = 0x10, BASE_IS_FRAGMENT = 0x20000;":
      "where there is a place of its own, nothing else is counted from",
    "const view = await reader.view(box.start, 20);": "more is read than is looked at",
    "if (view.byteLength < 20) continue;": "a file that has become shorter since its boxes were found",
    'if (box.type !== "moof" || box.end - box.start > MAX_DESCRIPTION) continue;':
      "a description of the very limit",
  },
  "lib/commands/flags/name_flags.ts": {
    "const before = rest.slice(0, at), after = rest.slice(at + word.length);":
      "what it begins with is too far ahead to be looked at",
  },
  "lib/eval/edit_alignment.ts": {
    "const BLANK = -1;": "any negative number is none of a word",
    "const WHOLE_TABLE = 1 << 20;": "how much is kept at once: memory, not another result",
    "if (a0 === a1 || b0 === b1) {": "the table has the same of an empty range",
    "} else if ((a1 - a0 + 1) * (b1 - b0 + 1) <= this.#wholeTable || a1 - a0 === 1) {":
      "how much is kept at once: memory, not another result",
    "const after = this.#lastRow(middle, a1, b0, b1, -1);": "any number but 1 is the way back",
    "if (before[j] + after[width - j] < before[cut] + after[width - cut]) cut = j;":
      "a tie: another of the cheapest",
    "const width = b1 - b0;": "more columns than are looked at",
    "let next = new Float64Array(width + 1);": "more room than is used",
    "for (let j = 0; j < width; j++) {": "a column behind the last, which has no room",
    "next[j + 1] = both < one ? both : one;": "a tie: the same number",
    "const stride = width + 1;": "more room than is used",
    "const costs = new Float64Array((height + 1) * stride);": "more room than is used",
    "let row = new Float64Array(width + 1);": "more room than is used",
    "for (let j = 0; j < width; j++) row[j + 1] = row[j] + insertionOf(others[j]);":
      "a column behind the last, which has no room",
    "const one = deletion < insertion ? deletion : insertion;": "a tie: the same number",
    "i > 0 && j > 0 &&": "before the first row stands nothing",
    "else if (i > 0 && cost === costs[(i - 1) * stride + j] + 1) found.push([a0 + --i, undefined]);":
      "before the first row stands nothing",
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
