import assert from "node:assert/strict";
import { describe, it } from "../../../harness.ts";
import { boolean, list, number, optionalNumber, text } from "../../../../lib/commands/flags/flag_kinds.ts";
import { nameFlags } from "../../../../lib/commands/flags/name_flags.ts";

const FLAGS = {
  beam_size: number(5, { help: "beams" }),
  patience: optionalNumber(null, { help: "patience" }),
  channel: text("N", "mix", { help: "channel" }),
  speakers: boolean(false, { help: "tell speakers apart" }),
  condition_on_previous_text: boolean(true, { help: "context" }),
  vad_threshold: number(0.5, { help: "probability", option: "threshold" }),
  library: text("PATH", undefined, { help: "library" }),
  mirror: list("URL", { help: "mirrors", option: "mirrors" }),
} as const;

/** Says a message that refuses an option. */
function refusal(message: string): string {
  return nameFlags(message, FLAGS, true);
}

describe("nameFlags()", () => {
  it("says of an option that is refused how it is typed", () => {
    assert.equal(
      refusal("Cannot transcribe: beamSize is 0, wanted 1"),
      "Cannot transcribe: --beam_size is 0, wanted 1",
    );
    assert.equal(refusal("Cannot transcribe: patience is -2"), "Cannot transcribe: --patience is -2");
    assert.equal(
      refusal("Cannot load the model: library is no path"),
      "Cannot load the model: --library is no path",
    );
  });

  it("knows an option that the library calls otherwise", () => {
    assert.equal(refusal("Cannot transcribe: threshold is 3"), "Cannot transcribe: --vad_threshold is 3");
    assert.equal(refusal("Cannot load: mirrors has none"), "Cannot load: --mirror has none");
  });

  it("names each of several options", () => {
    assert.equal(
      refusal("Cannot decode: beamSize 2 with patience 0.1 ends at once"),
      "Cannot decode: --beam_size 2 with --patience 0.1 ends at once",
    );
    assert.equal(
      refusal(
        'Cannot transcribe: with channel "split" everybody has a channel; leave speakers out, or channel',
      ),
      'Cannot transcribe: with --channel "split" everybody has a channel; leave --speakers out, or --channel',
    );
    assert.equal(
      refusal("Cannot transcribe: leave conditionOnPreviousText out, or beamSize"),
      "Cannot transcribe: leave --condition_on_previous_text out, or --beam_size",
    );
  });

  it("calls no value None", () => {
    assert.equal(
      refusal("Cannot go: patience is 0, or null for none"),
      "Cannot go: --patience is 0, or None for none",
    );
    assert.equal(nameFlags("Cannot read it: the entry is null", FLAGS), "Cannot read it: the entry is null");
  });

  it("leaves values, names of files and what is being done as they are", () => {
    for (
      const message of [
        'Cannot decode "beamSize is 0: channel is.wav": its "beamSize is 0" is odd',
        'Cannot use channel "left": the sound has one channel',
        "Cannot read beamSize: there is no such file",
        "Cannot load it: /models/beamSize and beamSize.pt and C:\\beamSize\\x are no models",
        'Cannot transcribe: it is {"beamSize":0}, wanted { beamSize: 1 }',
        'Cannot say "a\\"beamSize": it has a quote',
        "Cannot go on: --channel is 7",
        "Cannot go on: its length is 3 and its best is 2",
      ]
    ) {
      assert.equal(refusal(message), message);
    }
  });

  it("takes words of English for options in a refusal only", () => {
    const warning = "The sound of channel 1 is damaged, and patience is no use: threshold is passed over";
    assert.equal(nameFlags(warning, FLAGS), warning);
    assert.equal(
      nameFlags("Without beamSize, patience is ignored", FLAGS),
      "Without --beam_size, patience is ignored",
    );
    assert.equal(
      nameFlags("Cannot load it: give its path as the library option, not the other option", FLAGS),
      "Cannot load it: give its path as --library, not the other option",
    );
  });
});
