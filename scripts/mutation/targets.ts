/** The pure parts that are mutated, each with the tests that must see it. */
export const MUTATED: Readonly<Record<string, readonly string[]>> = {
  "lib/timing/dtw.ts": ["tests/lib/timing/dtw_test.ts"],
  "lib/timing/median_filter.ts": ["tests/lib/timing/median_filter_test.ts"],
  "lib/decoding/logit_filters.ts": ["tests/lib/decoding/logit_filters_test.ts"],
  "lib/decoding/compression_ratio.ts": ["tests/lib/decoding/compression_ratio_test.ts"],
  "lib/decoding/beam_search_decoder.ts": ["tests/lib/decoding/beam_search_decoder_test.ts"],
  "lib/decoding/initial_tokens.ts": ["tests/lib/decoding/initial_tokens_test.ts"],
  "lib/decoding/greedy_decoder.ts": ["tests/lib/decoding/greedy_decoder_test.ts"],
  "lib/decoding/phrase_boost.ts": ["tests/lib/decoding/phrase_boost_test.ts"],
  "lib/transcription/segments.ts": ["tests/lib/transcription/segments_test.ts"],
  "lib/transcription/hallucination.ts": ["tests/lib/transcription/hallucination_test.ts"],
  "lib/transcription/clip_timestamps.ts": ["tests/lib/transcription/clip_timestamps_test.ts"],
  "lib/transcription/punctuation.ts": ["tests/lib/transcription/punctuation_test.ts"],
  "lib/transcription/windows/cuts.ts": ["tests/lib/transcription/windows/cuts_test.ts"],
  "lib/transcription/windows/temperature_fallback.ts": [
    "tests/lib/transcription/windows/temperature_fallback_test.ts",
  ],
  "lib/audio/downmix.ts": ["tests/lib/audio/downmix_test.ts"],
  "lib/audio/wav.ts": ["tests/lib/audio/wav_test.ts"],
  "lib/audio/wasm/mp4_fragments.ts": ["tests/lib/audio/wasm/mp4_fragments_test.ts"],
  "lib/audio/pcm/stored_samples.ts": ["tests/lib/audio/pcm/stored_samples_test.ts"],
  "lib/checkpoint/format/torch/zip_entries.ts": [
    "tests/lib/checkpoint/format/torch/zip_entries_test.ts",
    "tests/lib/checkpoint/corpus/corpus_test.ts",
  ],
  "lib/checkpoint/format/safetensors.ts": [
    "tests/lib/checkpoint/format/safetensors_test.ts",
    "tests/lib/checkpoint/corpus/corpus_test.ts",
  ],
  "lib/writers/timestamp.ts": [
    "tests/lib/writers/timestamp_test.ts",
    "tests/lib/writers/format_transcription_test.ts",
  ],
  "lib/writers/reading_time.ts": [
    "tests/lib/writers/reading_time_test.ts",
    "tests/lib/writers/more_formats_test.ts",
  ],
  "lib/writers/subtitles.ts": [
    "tests/lib/writers/format_transcription_test.ts",
    "tests/lib/writers/more_formats_test.ts",
  ],
  "lib/writers/ass.ts": ["tests/lib/writers/more_formats_test.ts"],
  "lib/writers/tables.ts": [
    "tests/lib/writers/format_transcription_test.ts",
    "tests/lib/writers/more_formats_test.ts",
  ],
  "lib/regroup/regroup.ts": ["tests/lib/regroup/regroup_test.ts"],
  "lib/regroup/sentence_ends.ts": ["tests/lib/regroup/regroup_test.ts"],
  "lib/eval/edit_alignment.ts": ["tests/lib/eval/edit_alignment_test.ts"],
  "lib/confidence/word_confidence.ts": ["tests/lib/confidence/word_confidence_test.ts"],
  "lib/vad/speech_spans.ts": ["tests/lib/vad/speech_spans_test.ts"],
  "lib/commands/flags/name_flags.ts": ["tests/lib/commands/flags/name_flags_test.ts"],
};
