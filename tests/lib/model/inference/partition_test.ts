import assert from "node:assert/strict";
import { partition } from "../../../../lib/model/inference/partition.ts";
import { describe, it } from "../../../harness.ts";

function row(window: string, past: number, count: number) {
  return { window, past, tokens: Array<number>(count).fill(7) };
}

/** What runs together, as "window:past+new" of each row. */
function parts(...rows: ReturnType<typeof row>[]): string[] {
  return partition(rows).map((part) =>
    part.map(({ window, past, tokens }) => `${window}:${past}+${tokens.length}`).join(" ")
  );
}

describe("partition()", () => {
  it("lets one token of any rows run together, whatever they hold", () => {
    assert.deepEqual(parts(row("a", 5, 1), row("b", 90, 1), row("c", 0, 1)), ["a:5+1 b:90+1 c:0+1"]);
  });

  it("lets prompts run together that are about as long, before the steps", () => {
    assert.deepEqual(
      parts(row("a", 5, 1), row("b", 0, 4), row("c", 0, 100), row("d", 0, 3), row("e", 0, 90)),
      ["c:0+100 e:0+90", "b:0+4 d:0+3", "a:5+1"],
    );
  });

  it("lets several tokens of a row that holds some run alone", () => {
    assert.deepEqual(parts(row("a", 5, 2), row("b", 5, 2), row("c", 0, 2)), ["c:0+2", "a:5+2", "b:5+2"]);
  });

  it("lets windows with as many rows run together", () => {
    assert.deepEqual(
      parts(row("a", 5, 1), row("b", 6, 1), row("a", 5, 1), row("c", 7, 1), row("c", 7, 1)),
      ["a:5+1 a:5+1 c:7+1 c:7+1", "b:6+1"],
    );
  });
});
