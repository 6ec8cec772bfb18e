import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Verification } from "../../../../lib/checkpoint/cache/cached_file.ts";
import { formatManifest, parseManifest } from "../../../../lib/loading/prepared/manifest.ts";
import { describe, it } from "../../../balance.ts";
import { type Loaded, MicroCache } from "./micro_cache.ts";

function assertSame(actual: Loaded, expected: Loaded): void {
  assert.deepEqual(actual.features, expected.features);
  assert.deepEqual(actual.languageProbs, expected.languageProbs);
}

/** Changes the manifest, as one that was written so. */
function editManifest(cache: MicroCache, change: (manifest: Record<string, Record<string, string>>) => void) {
  const manifest = parseManifest(readFileSync(cache.file("manifest.json"), "utf8"))!;
  change(manifest as never);
  writeFileSync(cache.file("manifest.json"), formatManifest(manifest));
}

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] ^= 0x40;
  writeFileSync(path, bytes);
}

const FAULTS = [
  ["its manifest is damaged", "once", (cache) => flipByte(cache.file("manifest.json"))],
  ["its weights are cut off", "never", (cache) => truncateSync(cache.file("weights.bin"), 1000)],
  ["a byte of its weights is flipped", "always", (cache) => flipByte(cache.file("weights.bin"))],
  ["a byte of its weights was written", "once", (cache) => flipByte(cache.file("weights.bin"))],
  ["a byte of a graph is flipped", "never", (cache) => flipByte(cache.file("decoder.onnx"))],
  ["a file of it is missing", "once", (cache) => rmSync(cache.file("encoder.onnx"))],
] as const satisfies [fault: string, verify: Verification, damage: (cache: MicroCache) => void][];

const CHANGES: Readonly<Record<string, (cache: MicroCache) => void>> = {
  "another version of ONNX Runtime": (cache) =>
    editManifest(cache, ({ dependencies }) => dependencies.library = "1.29.0"),
  "other graphs": (cache) => editManifest(cache, ({ dependencies }) => dependencies.graphs = "0"),
};

describe("a prepared model", () => {
  for (const precision of ["int8", "float32"] as const) {
    it(`computes in ${precision} what the checkpoint does, bit for bit, and is read instead of it`, async () => {
      using cache = new MicroCache();
      const plain = await cache.load({ precision, prepared: false });
      assert.deepEqual([plain.total, plain.warnings], [cache.size, []]);
      const made = await cache.load({ precision });
      assert.ok(made.phases.includes("prepare"), `phases: ${made.phases}`);
      const later = await cache.load({ precision });
      assert.deepEqual(later.phases, ["load"]);
      for (const loaded of [made, later]) {
        assert.ok(loaded.total !== cache.size, "the checkpoint was loaded");
        assert.deepEqual(loaded.warnings, []);
        assertSame(loaded, plain);
      }
      assert.match(cache.names().join(), /^[0-9a-f]{64}-(int8|float32)-[\d.]+-[0-9a-f]{8}$/);
      await cache.load({ precision, prepared: false, verify: "never" });
    });
  }

  for (const [fault, verify, damage] of FAULTS) {
    it(`is not used when ${fault}, with a warning and verify ${verify}, and made anew`, async () => {
      using cache = new MicroCache();
      const good = await cache.load();
      damage(cache);
      const healed = await cache.load({ verify });
      assertSame(healed, good);
      assert.equal(healed.warnings.length, 1);
      assert.match(healed.warnings[0], /The prepared model .* is not used: .*(damaged|bytes|missing)/);
      if (verify === "never") assert.equal(healed.total, cache.size);
      else {
        assert.ok(healed.phases.includes("prepare"));
        const later = await cache.load({ verify });
        assert.deepEqual([later.warnings, later.phases], [[], ["load"]]);
      }
      assert.equal(cache.names().length, 1);
    });
  }

  for (const [what, change] of Object.entries(CHANGES)) {
    it(`is made anew for ${what}, without a word`, async () => {
      using cache = new MicroCache();
      await cache.load();
      change(cache);
      const anew = await cache.load();
      assert.deepEqual(anew.warnings, []);
      assert.ok(anew.phases.includes("prepare"));
      assert.deepEqual((await cache.load()).phases, ["load"]);
    });
  }

  it("is hashed again with verify once when it was touched, and no more after that", async () => {
    using cache = new MicroCache();
    await cache.load({ verify: "once" });
    const before = readFileSync(cache.file("manifest.json"), "utf8");
    utimesSync(cache.file("weights.bin"), 1000, 1000);
    assert.deepEqual((await cache.load({ verify: "once" })).phases, ["load"]);
    const renewed = readFileSync(cache.file("manifest.json"), "utf8");
    assert.notEqual(renewed, before);
    await cache.load({ verify: "once" });
    assert.equal(readFileSync(cache.file("manifest.json"), "utf8"), renewed);
  });

  it("is not made where its folder cannot be, with one warning and the model", async () => {
    using cache = new MicroCache();
    mkdirSync(cache.downloadRoot);
    writeFileSync(join(cache.downloadRoot, "sotto"), "in the way");
    const loaded = await cache.load();
    assert.equal(loaded.total, cache.size);
    assert.equal(loaded.warnings.length, 1);
    assert.match(loaded.warnings[0], /The model is not kept prepared: /);
  });

  it("is neither made nor used with prepared false, in memory, and by default for a file of one's own", async () => {
    using cache = new MicroCache();
    for (const options of [{ prepared: false }, { inMemory: true }, { prepared: undefined }]) {
      assert.equal((await cache.load(options)).total, cache.size);
      assert.throws(() => cache.names(), { code: "ENOENT" });
    }
    await cache.load();
    for (const options of [{ prepared: false }, { inMemory: true }]) {
      assert.equal((await cache.load(options)).total, cache.size);
    }
  });

  it("is not made of a checkpoint that nobody proved, nor used for one of another size", async () => {
    using cache = new MicroCache();
    await cache.load();
    writeFileSync(cache.checkpoint, new Uint8Array(10));
    await assert.rejects(cache.load(), { code: "CHECKSUM_MISMATCH" });
    assert.equal(statSync(cache.file("weights.bin")).isFile(), true);
  });

  it("leaves nothing behind when it is stopped", async () => {
    using cache = new MicroCache();
    const controller = new AbortController();
    const onProgress = ({ phase }: { phase: string }) => {
      if (phase === "prepare") controller.abort(new Error("enough"));
    };
    await assert.rejects(cache.load({ signal: controller.signal, onProgress }), { message: "enough" });
    assert.deepEqual(cache.names(), []);
  });
});
