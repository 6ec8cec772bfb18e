import assert from "node:assert/strict";
import { isFast } from "../../../scripts/suite/fast_tests.ts";
import { describe, it } from "../../harness.ts";

/** Reads a tree of files that import others. */
function tree(imports: Record<string, readonly string[]>): (file: string) => string {
  return (file) =>
    (imports[file] ?? []).map((specifier) => `import ${JSON.stringify(specifier)};`).join("\n");
}

describe("fast tests", () => {
  it("are those that load no model, not even by way of another file", () => {
    const read = tree({
      "tests/a_test.ts": ["../lib/wav.ts"],
      "tests/b_test.ts": ["./parity.ts"],
      "tests/parity.ts": ["../mod.ts"],
    });
    assert.equal(isFast("tests/a_test.ts", read), true);
    assert.equal(isFast("tests/b_test.ts", read), false);
  });

  it("start no program, but that the harness looks for some", () => {
    const read = tree({
      "tests/a_test.ts": ["./harness.ts"],
      "tests/b_test.ts": ["./harness.ts", "node:child_process"],
      "tests/harness.ts": ["node:child_process"],
    });
    assert.equal(isFast("tests/a_test.ts", read), true);
    assert.equal(isFast("tests/b_test.ts", read), false);
  });
});
