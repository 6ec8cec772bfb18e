import assert from "node:assert/strict";
import { releaseNotes } from "../../../scripts/release/notes_of_titles.ts";
import { describe, it } from "../../harness.ts";

describe("releaseNotes()", () => {
  it("puts a title under the part that most of what it changed belongs to, whatever tests went with it", () => {
    const notes = releaseNotes("0.2.0", [
      {
        title: "Read AIFF",
        files: ["lib/audio/aiff.ts", "tests/lib/audio/a_test.ts", "tests/lib/audio/b_test.ts"],
      },
      {
        title: "Time words of pauses",
        files: ["lib/timing/dtw.ts", "lib/timing/words.ts", "lib/audio/wav.ts"],
      },
      { title: "Open newer libraries", files: ["ffi/library.ts"] },
      { title: "Read CAF", files: ["lib/audio/caf.ts"] },
    ]);
    assert.equal(
      notes,
      `# 0.2.0

## Audio and speech

- Read AIFF
- Read CAF

## Native calls and devices

- Open newer libraries

## Transcription

- Time words of pauses
`,
    );
  });

  it("keeps what no user of the package sees for contributors, and says nothing twice", () => {
    const files = ["tests/lib/audio/a_test.ts", "lib/audio/README.md"];
    const notes = releaseNotes("0.2.0", [{ title: "Say more", files }, { title: "Say more", files }, {
      title: "Say nothing",
      files: [],
    }]);
    assert.equal(notes, "# 0.2.0\n\n## For contributors\n\n- Say more\n- Say nothing\n");
  });
});
