import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { type OpenCheckpoint, openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { CheckpointFormatError } from "../../../lib/errors.ts";
import { loadModel, type LoadModelOptions } from "../../../lib/load_model.ts";
import { WeightExamination } from "../../../lib/loading/weight_examination.ts";
import { describe, fixture, it } from "../../harness.ts";
import { buildTorch } from "../checkpoint/corpus/model.ts";
import { Dict } from "../checkpoint/corpus/pickle.ts";
import { snakeCase } from "../../snake_case.ts";
import { MICRO_LAYOUTS, microTensors } from "../model/micro_checkpoint.ts";

const layout = MICRO_LAYOUTS.english;
const tensors = microTensors(layout);

/** The file of a micro model, and a byte in the middle of one of its weights. */
function micro(checksums = true): { bytes: Uint8Array<ArrayBuffer>; inside: (tensor: string) => number } {
  const zip = buildTorch({
    tensors,
    dims: new Dict(Object.entries(snakeCase({ ...layout.dims }))),
    checksums,
  });
  const inside = (tensor: string): number => {
    const { payload, end } = zip.places.get(
      `archive/data/${tensors.findIndex(({ name }) => name === tensor)}`,
    )!;
    return (payload + end) >> 1;
  };
  return { bytes: zip.bytes, inside };
}

/** A file with bits turned in some weights. */
function damaged(...names: string[]): Uint8Array {
  const { bytes, inside } = micro();
  for (const name of names) bytes[inside(name)] ^= 1;
  return bytes;
}

async function withFile(bytes: Uint8Array, body: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(`${tmpdir()}/sotto-`);
  try {
    await writeFile(`${folder}/micro.pt`, bytes);
    await body(`${folder}/micro.pt`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Loads a file and gives the warnings. */
async function load(path: string, options: LoadModelOptions = {}): Promise<string[]> {
  const warnings: string[] = [];
  using _model = await loadModel(path, {
    device: "cpu",
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  return warnings;
}

const WEIGHT = "decoder.blocks.1.mlp.0.weight";

describe("loadModel() of a local file whose weights are damaged", () => {
  for (const inMemory of [false, true]) {
    const how = inMemory ? "in memory" : "mapped";

    it(`a weight with another CRC-32 is a warning that names it, ${how}`, async () => {
      await withFile(damaged(WEIGHT), async (path) => {
        const [warning, ...more] = await load(path, { inMemory });
        assert.deepEqual(more, []);
        assert.match(warning, /^Checkpoint .*micro\.pt is damaged: the CRC-32 of "archive\/data\/\d+" /);
        assert.ok(warning.includes(`(${WEIGHT}) is 0x`), warning);
        assert.match(warning, /it must be 0x[0-9a-f]{8}; get the file again$/);
      });
    });

    it(`several damaged weights are an error with verify: "always", ${how}`, async () => {
      await withFile(damaged(WEIGHT, "encoder.conv1.weight", "decoder.ln.bias"), async (path) => {
        await assert.rejects(load(path, { inMemory, verify: "always" }), (error) => {
          assert.ok(error instanceof CheckpointFormatError);
          assert.match(error.message, /^Cannot use checkpoint: .* and 2 more are wrong; get the file again$/);
          return true;
        });
      });
    });

    it(`a sound file has no warning, ${how}`, async () => {
      await withFile(micro().bytes, async (path) => {
        assert.deepEqual(await load(path, { inMemory, verify: "always" }), []);
      });
    });
  }

  it("stops when its signal is aborted after the model was built", async () => {
    const controller = new AbortController();
    // The warning is the last that is heard of: the sessions are there, and all bytes were read.
    const onWarning = () => controller.abort(new Error("enough"));
    await withFile(damaged(WEIGHT), async (path) => {
      await assert.rejects(load(path, { signal: controller.signal, onWarning }), /enough/);
    });
  });

  it('nothing is compared with verify: "never"', async () => {
    await withFile(
      damaged(WEIGHT),
      async (path) => assert.deepEqual(await load(path, { verify: "never" }), []),
    );
  });

  it("a file that was written without checksums has nothing to compare", async () => {
    await withFile(micro(false).bytes, async (path) => {
      assert.deepEqual(await load(path, { verify: "always" }), []);
    });
  });
});

/** An open checkpoint that counts the bytes that are read from it. */
function counting(opened: OpenCheckpoint): { opened: OpenCheckpoint; lengths: number[] } {
  const lengths: number[] = [];
  const files = opened.files.map((file) => ({
    ...file,
    read: (offset: number, length: number) => {
      lengths.push(length);
      return file.read(offset, length);
    },
  }));
  return { opened: { ...opened, files }, lengths };
}

describe("WeightExamination", () => {
  it("WeightExamination reads the file once, in pieces, for the SHA-256 and for the checksums", async () => {
    await using held = await openCheckpoint(fixture("tiny.en.pt"));
    const name = "encoder.ln_post.weight";
    const tensors = new Map(held.checkpoint.tensors);
    // Without the values of an official model only the SHA-256 can tell.
    tensors.set(name, tensors.get("decoder.ln.weight")!);
    const { opened, lengths } = counting({ ...held, checkpoint: { ...held.checkpoint, tensors } });
    const examination = await WeightExamination.begin(opened, { recognise: true, checksums: true });
    const before = lengths.splice(0).reduce((sum, length) => sum + length, 0);
    const { official, damage } = await examination.finish();
    assert.equal(official?.name, "tiny.en");
    assert.equal(damage, undefined);
    assert.ok(before < 10_000);
    assert.equal(lengths.reduce((sum, length) => sum + length, 0), held.files[0].size);
    assert.ok(Math.max(...lengths) <= 1 << 20);
  });

  it("WeightExamination reads nothing of a file whose bytes it was given", async () => {
    await withFile(damaged(WEIGHT), async (path) => {
      await using held = await openCheckpoint(path);
      const { opened, lengths } = counting(held);
      const examination = await WeightExamination.begin(opened, { recognise: false, checksums: true });
      const bytes = await held.files[0].read(0, held.files[0].size);
      for (let at = 0; at < bytes.length; at += 1000) examination.update(bytes.subarray(at, at + 1000));
      const { damage } = await examination.finish();
      assert.ok(damage?.includes(WEIGHT), damage);
      assert.deepEqual(lengths, []);
    });
  });

  it("WeightExamination reads nothing where there is nothing to find out", async () => {
    await using held = await openCheckpoint(fixture("torch/legacy.pt"));
    const { opened, lengths } = counting(held);
    const examination = await WeightExamination.begin(opened, { recognise: true, checksums: true });
    assert.deepEqual(await examination.finish(), { official: undefined, damage: undefined });
    assert.deepEqual(lengths, []);
  });

  it("WeightExamination stops when its signal does", async () => {
    await using opened = await openCheckpoint(fixture("tiny.en.pt"));
    const examination = await WeightExamination.begin(opened, { recognise: false, checksums: true });
    await assert.rejects(examination.finish(AbortSignal.abort(new Error("enough"))), /enough/);
  });
});
