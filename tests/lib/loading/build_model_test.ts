import assert from "node:assert/strict";
import { openLibrary } from "../../../ffi/library.ts";
import { buildModel } from "../../../lib/loading/build_model.ts";
import { buildPrepared } from "../../../lib/loading/prepared/build_prepared.ts";
import { prepareAndBuild } from "../../../lib/loading/prepared/prepare_checkpoint.ts";
import { openReadyCheckpoint } from "../../../lib/loading/ready_checkpoint.ts";
import { describe, it } from "../../balance.ts";
import { MicroCache } from "./prepared/micro_cache.ts";

describe("buildModel() and its siblings", () => {
  it("say what the model is as soon as its sessions are being created, not once they are", async () => {
    using cache = new MicroCache();
    const library = await openLibrary();
    const place = { provider: "cpu" } as const;
    const told: string[] = [];
    const onCreating = ({ dims }: { dims: { nTextCtx: number } }) => told.push(`creating ${dims.nTextCtx}`);
    const given = { ...cache.options, onCreating };
    const building = async (work: Promise<{ whisper: Disposable } | undefined>) => {
      using _whisper = (await work)?.whisper;
      told.push("done");
    };
    await using ready = await openReadyCheckpoint(library, cache.checkpoint, given);
    await building(buildModel(library, ready, place, given));
    await building(prepareAndBuild(library, ready, place, given));
    await building(buildPrepared(library, cache.checkpoint, place, given));
    const once = [`creating ${ready.opened.checkpoint.dims.nTextCtx}`, "done"];
    assert.deepEqual(told, [...once, ...once, ...once]);
  });
});
