import assert from "node:assert/strict";
import { transcribeSettings } from "../../../../lib/transcription/transcribe_settings.ts";
import { describe, it } from "../../../harness.ts";
import { UsageError } from "../../../../lib/commands/command.ts";
import { parseFlags } from "../../../../lib/commands/flags/parse_flags.ts";
import { settingsFrom } from "../../../../lib/commands/flags/transcribe_settings.ts";
import { TRANSCRIBE_FLAGS } from "../../../../lib/commands/flags/whisper_flags.ts";

function settings(...args: string[]) {
  return settingsFrom(parseFlags(args, TRANSCRIBE_FLAGS).values);
}

describe("settingsFrom()", () => {
  it("has the defaults of openai/whisper's command line", () => {
    const { model, load, transcribe, formats, warnings } = settings();
    assert.equal(model, "turbo");
    assert.equal(load.device, "auto");
    // What the device takes: float16 on CUDA, as there.
    assert.equal(load.precision, undefined);
    assert.deepEqual(formats, ["txt", "vtt", "srt", "tsv", "json"]);
    assert.deepEqual(warnings, []);
    assert.equal(transcribe.beamSize, 5);
    assert.equal(transcribe.bestOf, 5);
    assert.deepEqual(transcribe.temperature, [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
    assert.equal(transcribe.logprobThreshold, -1);
    assert.deepEqual(transcribe.suppressTokens, [-1]);
    assert.deepEqual(transcribe.clipTimestamps, [0]);
  });

  it("takes the program that decodes, and the track to hear", () => {
    assert.equal(settings("--ffmpeg", "/opt/ffmpeg").transcribe.ffmpeg, "/opt/ffmpeg");
    assert.equal(settings().transcribe.ffmpeg, undefined);
    assert.equal(settings("--audio_track", "1").transcribe.audioTrack, 1);
    assert.throws(
      () => transcribeSettings({ audioTrack: -1 }),
      /audioTrack is -1, wanted a whole number from 0 up/,
    );
    assert.throws(() => transcribeSettings({ ffmpeg: "" }), /ffmpeg is "", wanted the name or the path/);
  });

  it("says what of the limits and weights is wrong, and what was meant", () => {
    const wrong: [args: string[], message: RegExp][] = [
      [["--regroup", "sentance"], /"sentance", wanted sentence\|LIMITS; did you mean "sentence"\?$/],
      [["--regroup", "chrs=30"], /; "chrs" is not a limit: did you mean "chars"\?$/],
      [["--regroup", "chars=30,gap=x"], /; gap is "x"$/],
    ];
    for (const [args, message] of wrong) {
      assert.throws(() => settings(...args), { name: "UsageError", message });
    }
    const { boost } = settings("--boost", "amiable=-3").transcribe;
    assert.throws(() => transcribeSettings({ boost }), /; the weight of "amiable" is -3$/);
  });

  it("takes the channel to hear", () => {
    assert.equal(settings().transcribe.channel, "mix");
    assert.equal(settings("--channel", "split").transcribe.channel, "split");
    assert.equal(settings("--channel", "1").transcribe.channel, 1);
    assert.throws(() => settings("--channel", "left"), /channel/);
    assert.throws(
      () => transcribeSettings({ channel: 0.5 }),
      /channel is 0.5, wanted "mix", "split" or the num/,
    );
  });

  it("tells speakers apart, and finds out how many there are or is told", () => {
    const speakers = (...flags: string[]) => settings(...flags).transcribe.speakers;
    assert.deepEqual([speakers(), speakers("--speakers"), speakers("--speakers", "no")], [
      false,
      true,
      false,
    ]);
    assert.deepEqual([speakers("--speakers", "1"), speakers("--speakers=3")], [1, 3]);
    assert.deepEqual(speakers("--speakers", "2-4"), { min: 2, max: 4 });
    assert.equal(settings("--speakers", "--output_format", "rttm").transcribe.wordTimestamps, undefined);
    assert.throws(() => settings("--output_format", "rttm"), /--speakers, or --channel split/);
  });

  it("finds speech with --vad, or with one of its options", () => {
    assert.equal(settings().transcribe.vad, false);
    assert.deepEqual(
      settings("--vad_threshold", "0.7").transcribe,
      settings("--vad_threshold", "0.7", "--vad").transcribe,
    );
    assert.throws(
      () => transcribeSettings(settings("--vad_threshold", "1.5").transcribe),
      /threshold is 1.5, wanted a probability/,
    );
    assert.throws(
      () => settings("--vad", "no", "--vad_threshold", "0.7"),
      /^UsageError: Cannot use --vad_threshold: it requires --vad, which is False$/,
    );
    const vad = { threshold: 0.7, minSilenceDuration: 1, maxSpeechDuration: undefined };
    const found = settings("--vad", "--vad_threshold", "0.7", "--vad_min_silence_duration=1").transcribe;
    assert.deepEqual({ ...found.vad as object, ...vad }, found.vad);
    // Its defaults are those of the library.
    const { vad: plain } = transcribeSettings({ vad: true });
    assert.deepEqual(transcribeSettings(settings("--vad").transcribe).vad, plain);
  });

  it("leaves the text before a window out with --batch_size", () => {
    const { batchSize, conditionOnPreviousText } = settings("--batch_size", "4").transcribe;
    assert.deepEqual([batchSize, conditionOnPreviousText], [4, undefined]);
    assert.deepEqual(settings().transcribe.batchSize, undefined);
    assert.equal(settings().transcribe.conditionOnPreviousText, true);
  });

  it("reads lists with commas, and nothing as an empty list", () => {
    const { transcribe } = settings("--suppress_tokens", "-1, 50", "--clip_timestamps", " 1.5, 2e1");
    assert.deepEqual(transcribe.suppressTokens, [-1, 50]);
    assert.deepEqual(transcribe.clipTimestamps, [1.5, 20]);
    const none = settings("--suppress_tokens", "", "--clip_timestamps=").transcribe;
    assert.deepEqual([none.suppressTokens, none.clipTimestamps], [[], []]);
    for (
      const [flag, text] of [["suppress_tokens", "1,,2"], ["suppress_tokens", "one"], [
        "clip_timestamps",
        "1,x",
      ], ["clip_timestamps", "0,-1"]]
    ) {
      assert.throws(() => settings(`--${flag}`, text), UsageError, text);
    }
  });

  it("gives options that transcribe() takes", () => {
    assert.equal(transcribeSettings(settings().transcribe).ladder.length, 6);
  });

  it("turns None into no value, and a threshold that is None off", () => {
    const flags = ["beam_size", "best_of", "patience", "logprob_threshold", "no_speech_threshold"];
    const { transcribe } = settings(...flags.flatMap((flag) => [`--${flag}`, "None"]), "--language", "None");
    assert.equal(transcribe.beamSize, undefined);
    assert.equal(transcribe.language, undefined);
    assert.equal(transcribe.logprobThreshold, null);
    assert.equal(transcribe.noSpeechThreshold, null);
    assert.doesNotThrow(() => transcribeSettings(transcribe));
  });

  it("raises the temperature as numpy.arange does", () => {
    const ladder = (first: string, step: string) =>
      settings("--temperature", first, "--temperature_increment_on_fallback", step).transcribe.temperature;
    assert.deepEqual(ladder("0.4", "0.3"), [0.4, 0.7, 0.9999999999999999]);
    assert.deepEqual(ladder("0.1", "0.2"), [
      0.1,
      0.30000000000000004,
      0.5000000000000001,
      0.7000000000000001,
      0.9000000000000001,
    ]);
    assert.deepEqual(ladder("1", "0.2"), [1]);
    assert.deepEqual(ladder("1.5", "0.2"), [1.5]);
    assert.deepEqual(ladder("0.3", "None"), [0.3]);
    assert.throws(() => ladder("0", "0"), UsageError);
    assert.throws(
      () => ladder("-1", "0.2"),
      /^UsageError: Cannot transcribe: --temperature is -1, wanted a number from 0 up$/,
    );
  });

  it("refuses flags of words without words", () => {
    for (
      const [flag, value] of [["highlight_words", "True"], ["max_line_width", "42"], ["max_line_count", "2"]]
    ) {
      assert.throws(
        () => settings(`--${flag}`, value),
        new RegExp(`--${flag}: it requires --word_timestamps True`),
      );
      assert.doesNotThrow(() => settings(`--${flag}`, value, "--word_timestamps", "True"));
    }
  });

  it("tells of flags that have no effect", () => {
    const words = ["--word_timestamps", "True"];
    assert.deepEqual(settings(...words, "--max_line_count", "2").warnings, [
      "--max_line_count has no effect without --max_line_width",
    ]);
    assert.deepEqual(settings(...words, "--max_line_width", "9", "--max_words_per_line", "2").warnings, [
      "--max_words_per_line has no effect with --max_line_width",
    ]);
    assert.deepEqual(settings("--seconds_per_row", "30").warnings, [
      "--seconds_per_row has no effect without --output_format svg or html",
    ]);
    assert.deepEqual(settings("--seconds_per_row", "30", "-f", "svg").warnings, []);
  });

  it("leaves to the environment what no flag says", () => {
    const { load } = settings("--threads", "0");
    assert.deepEqual([load.offline, load.mirrors, load.threads, load.downloadRoot], Array(4).fill(undefined));
    const given =
      settings("--offline", "--mirror", "http://a/", "--mirror", "http://b/", "--threads", "2").load;
    assert.deepEqual([given.offline, given.mirrors, given.threads], [true, ["http://a/", "http://b/"], 2]);
  });
});
