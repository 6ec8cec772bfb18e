import assert from "node:assert/strict";
import { complaint, relevantLine } from "../../../../lib/audio/ffmpeg/ffmpeg_message.ts";
import { describe, it } from "../../../harness.ts";

describe("relevantLine()", () => {
  it("is the one that says why, without parts of the program and addresses", () => {
    assert.equal(
      relevantLine(`[mov,mp4,m4a @ 0x55d5e8c0] moov atom not found
[in#0 @ 0x55d5e8c1] Error opening input: Invalid data found when processing input
Error opening input file pipe:0.
Error opening input files: Invalid data found when processing input`),
      "moov atom not found",
    );
    assert.equal(
      relevantLine("file:/a b/talk.ac3: Invalid data found when processing input"),
      "Invalid data found when processing input",
    );
  });

  it("is the last where none says why, and nothing where there is none", () => {
    assert.equal(relevantLine("Error opening input files: x\nConversion failed!\n"), "Conversion failed!");
    assert.equal(relevantLine(""), undefined);
  });
});

describe("complaint()", () => {
  const OUTPUT =
    "[s16le @ 0x5f3c] Application provided invalid, non monotonically increasing dts to muxer in stream 0: " +
    "33 >= 33\n    Last message repeated 4 times\n";

  it("passes over what is said of the output, and gives what is said of the file", () => {
    assert.equal(complaint(OUTPUT), undefined);
    assert.equal(complaint(""), undefined);
    assert.equal(complaint(`${OUTPUT}[ac3 @ 0x55d5] frame CRC mismatch\n`), "frame CRC mismatch");
  });
});
