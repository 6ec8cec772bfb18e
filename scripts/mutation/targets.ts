/** The pure parts that are mutated, each with the tests that must see it. */
export const MUTATED: Readonly<Record<string, readonly string[]>> = {
  "lib/timing/dtw.ts": ["tests/lib/timing/dtw_test.ts"],
  "lib/timing/median_filter.ts": ["tests/lib/timing/median_filter_test.ts"],
  "lib/decoding/logit_filters.ts": ["tests/lib/decoding/logit_filters_test.ts"],
  "lib/decoding/compression_ratio.ts": ["tests/lib/decoding/compression_ratio_test.ts"],
  "lib/decoding/beam_search_decoder.ts": ["tests/lib/decoding/beam_search_decoder_test.ts"],
  "lib/decoding/initial_tokens.ts": ["tests/lib/decoding/initial_tokens_test.ts"],
  "lib/checkpoint/format/safetensors.ts": ["tests/lib/checkpoint/corpus/corpus_test.ts"],
  "lib/writers/timestamp.ts": [
    "tests/lib/writers/timestamp_test.ts",
    "tests/lib/writers/format_transcription_test.ts",
  ],
  "lib/writers/reading_time.ts": [
    "tests/lib/writers/reading_time_test.ts",
    "tests/lib/writers/more_formats_test.ts",
  ],
  "lib/regroup/sentence_ends.ts": ["tests/lib/regroup/regroup_test.ts"],
  "lib/eval/edit_alignment.ts": ["tests/lib/eval/edit_alignment_test.ts"],
  "lib/confidence/word_confidence.ts": ["tests/lib/confidence/word_confidence_test.ts"],
  "lib/vad/speech_spans.ts": ["tests/lib/vad/speech_spans_test.ts"],
};
