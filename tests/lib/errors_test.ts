import assert from "node:assert/strict";
import {
  AudioDecodeError,
  CheckpointFormatError,
  ChecksumMismatchError,
  DownloadError,
  LibraryLoadError,
  ModelNotFoundError,
} from "../../mod.ts";
import { checkOptions, COUNT } from "../../lib/options/check_options.ts";
import { describe, it } from "../harness.ts";

describe("errors", () => {
  it("have a code each that names their class", () => {
    const checksum = { url: "", expected: "", actual: "", bytes: 0 };
    const codes = [
      new ModelNotFoundError("bas", []),
      new ChecksumMismatchError("", checksum),
      new DownloadError("", { url: "" }),
      new CheckpointFormatError(""),
      new AudioDecodeError(""),
      new LibraryLoadError([]),
    ].map(({ name, code }) => [name, code]);
    assert.deepEqual(codes, [
      ["ModelNotFoundError", "MODEL_NOT_FOUND"],
      ["ChecksumMismatchError", "CHECKSUM_MISMATCH"],
      ["DownloadError", "DOWNLOAD"],
      ["CheckpointFormatError", "CHECKPOINT_FORMAT"],
      ["AudioDecodeError", "AUDIO_DECODE"],
      ["LibraryLoadError", "LIBRARY_LOAD"],
    ]);
  });

  it("of a checkpoint are none of the language's syntax", () => {
    assert.equal(new CheckpointFormatError("") instanceof SyntaxError, false);
  });

  it("of an argument are a TypeError or a RangeError with a code", () => {
    const check = (options: object) => () => checkOptions("decode", options, { beamSize: COUNT });
    assert.throws(check({ beam: 1 }), { name: "TypeError", code: "UNKNOWN_OPTION" });
    assert.throws(check({ beamSize: "1" }), { name: "TypeError", code: "INVALID_OPTION" });
    assert.throws(check({ beamSize: 0 }), { name: "RangeError", code: "INVALID_OPTION" });
  });
});
