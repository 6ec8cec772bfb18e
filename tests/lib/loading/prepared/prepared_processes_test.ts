import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { removePrepared } from "../../../../lib/checkpoint/cache/prepared_folder.ts";
import { loadModel } from "../../../../mod.ts";
import { describe, it } from "../../../balance.ts";
import { MicroCache } from "./micro_cache.ts";

const CHILD = fileURLToPath(new URL("./prepare_child.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../../../deno.json", import.meta.url));

function startChild({ checkpoint, options }: MicroCache): ChildProcess {
  const flags = "Deno" in globalThis
    ? ["run", "-A", "-q", "--no-check", "--cached-only", "--config", CONFIG]
    : [];
  const args = [...flags, CHILD, checkpoint, JSON.stringify(options)];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

async function outputOf(child: ChildProcess): Promise<unknown> {
  let text = "";
  child.stdout!.on("data", (bytes) => text += bytes);
  const [code] = await once(child, "close");
  assert.equal(code, 0);
  return JSON.parse(text);
}

describe("a prepared model and several processes", () => {
  it("is made by one of those that want it, and all compute the same", async () => {
    using cache = new MicroCache();
    const results = await Promise.all(Array.from({ length: 3 }, () => outputOf(startChild(cache))));
    const { languageProbs, phases } = await cache.load();
    for (const result of results) assert.deepEqual(result, { ...languageProbs as object });
    assert.deepEqual(phases, ["load"]);
    assert.equal(cache.names().length, 1);
  });

  it("survives the kill of the process that makes it, whose remains go", async () => {
    using cache = new MicroCache();
    const folder = join(cache.downloadRoot, "sotto");
    const child = startChild(cache);
    while (!existsSync(folder) || !readdirSync(folder).some((name) => name.endsWith(".part"))) await sleep(1);
    child.kill("SIGKILL");
    await once(child, "close");
    const remains = cache.names();
    assert.ok(remains.some((name) => name.endsWith(".part")), `there are ${remains}`);
    // The lock may be that of a process at work: nobody waits for it.
    assert.equal((await cache.load()).total, cache.size);
    const lock = remains.find((name) => name.endsWith(".lock"))!;
    utimesSync(join(folder, lock), 1000, 1000);
    assert.ok((await cache.load()).phases.includes("prepare"));
    assert.deepEqual(cache.names(), [lock.replace(/\.lock$/, "")]);
  });

  it("may be removed while it is mapped, where the system removes what is open, and works on", async () => {
    using cache = new MicroCache();
    const { languageProbs } = await cache.load();
    using model = await loadModel(cache.checkpoint, cache.options);
    const removal = removePrepared(cache.downloadRoot, cache.sha256);
    if (process.platform === "win32") await assert.rejects(removal, /another program has it open/);
    else {
      assert.ok(await removal > cache.size);
      assert.deepEqual(cache.names(), []);
    }
    const nFrames = 2 * model.dims.nAudioCtx;
    const data = Float32Array.from({ length: model.dims.nMels * nFrames }, (_, i) => Math.sin(i / 97));
    using features = await model.embedAudio({ nMels: model.dims.nMels, nFrames, data });
    assert.deepEqual((await model.detectLanguage(features)).languageProbs, languageProbs);
  });
});
