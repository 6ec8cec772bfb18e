import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  cacheFolder,
  type CacheOptions,
  listModels,
  prefetchModel,
  prepareModel,
  removeModel,
  verifyModel,
} from "../../lib/cache.ts";
import { findModel } from "../../lib/checkpoint/registry.ts";
import { describe, fixture, it } from "../harness.ts";
import { placeFile } from "../place_file.ts";
import { assertFiles, withFolder } from "./checkpoint/download/download_fixture.ts";
import { fileReply, serveFaults } from "./checkpoint/download/fault_server.ts";

const TINY = fixture("tiny.en.pt");

describe("the cache", () => {
  it("lists the official models, whole, in part or absent", async () => {
    await withFolder(async (downloadRoot) => {
      placeFile(TINY, join(downloadRoot, "tiny.en.pt"));
      await writeFile(join(downloadRoot, `${findModel("base")!.sha256}.partial`), new Uint8Array(2000));
      const models = await listModels({ downloadRoot });
      assert.equal(models.length, 14);
      const states = Object.fromEntries(
        models.map(({ model, state, bytes }) => [model.name, [state, bytes]]),
      );
      assert.deepEqual(states["tiny.en"], ["complete", 75_571_315]);
      assert.deepEqual(states["base"], ["partial", 2000]);
      assert.deepEqual(states["turbo"], ["absent", 0]);
      assert.equal(models[0].path, join(downloadRoot, "tiny.en.pt"));
      assert.equal(await cacheFolder({ downloadRoot }), downloadRoot);
    });
  });

  it("fetches a model ahead, proves it and removes it", async () => {
    const checkpoint = await readFile(TINY);
    await using server = await serveFaults((request) => fileReply(request, checkpoint));
    await withFolder(async (downloadRoot) => {
      assert.equal((await verifyModel("tiny.en", { downloadRoot })).state, "absent");
      const path = await prefetchModel("tiny.en", { downloadRoot, mirrors: [server.base] });
      assert.equal(path, join(downloadRoot, "tiny.en.pt"));
      const { state, sha256 } = await verifyModel("tiny.en", { downloadRoot });
      assert.deepEqual([state, sha256], ["good", findModel("tiny.en")!.sha256]);
      await writeFile(path, "damaged");
      assert.equal((await verifyModel("tiny.en", { downloadRoot })).state, "wrong");
      assert.equal(await removeModel("tiny.en", { downloadRoot }), 7);
      assert.equal(await removeModel("tiny.en", { downloadRoot }), 0);
      await assertFiles(downloadRoot, {});
    });
  });

  it("knows no other models, and no other options", async () => {
    const works = {
      prefetch: prefetchModel("bas"),
      prepare: prepareModel("bas"),
      verify: verifyModel("bas"),
      remove: removeModel("bas"),
    };
    for (const [action, work] of Object.entries(works)) {
      const message = new RegExp(
        `^Cannot ${action} model "bas": it is not one of the official names \\(.*did you mean "base"`,
      );
      await assert.rejects(work, { code: "MODEL_NOT_FOUND", message });
    }
    const wrong = { download_root: "/tmp" } as CacheOptions;
    const calls = [
      listModels,
      cacheFolder,
      ...[prefetchModel, verifyModel, removeModel].map((call) => (options: CacheOptions) =>
        call("base", options) as Promise<unknown>
      ),
    ];
    for (const call of calls) {
      await assert.rejects(call(wrong), { code: "UNKNOWN_OPTION", message: /did you mean "downloadRoot"/ });
      await assert.rejects(call({ downloadRoot: 3 as never }), { code: "INVALID_OPTION" });
    }
    await assert.rejects(prefetchModel("base", { retries: -1 }), RangeError);
  });
});
