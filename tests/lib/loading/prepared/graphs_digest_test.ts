import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCheckpoint } from "../../../../lib/checkpoint/open_checkpoint.ts";
import { GRAPHS_DIGEST } from "../../../../lib/loading/prepared/graphs_digest.ts";
import { modelGraphs } from "../../../../lib/model/model_sessions.ts";
import { int8With } from "../../../../lib/model/operator_choice.ts";
import { FLOAT32 } from "../../../../lib/model/precision.ts";
import { describe, it } from "../../../harness.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "../../model/micro_checkpoint.ts";

describe("GRAPHS_DIGEST", () => {
  it("is that of the graphs as they are; if they were changed on purpose, take the new one", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "sotto-")), "micro.pt");
    writeFileSync(path, microCheckpoint(MICRO_LAYOUTS.multilingual));
    await using opened = await openCheckpoint(path);
    const { checkpoint } = opened;
    const source = { checkpoint, locations: ["micro.pt"], strided: new Map() };
    const hash = createHash("sha256");
    for (const precision of [FLOAT32, int8With("saturating"), int8With("exact")]) {
      for (const { bytes } of Object.values(modelGraphs(source, precision))) hash.update(bytes);
    }
    assert.equal(hash.digest("hex").slice(0, 16), GRAPHS_DIGEST);
  });
});
