import assert from "node:assert/strict";
import type { Recording } from "../../../../lib/audio/recording/recording.ts";
import { withSecondDecoder } from "../../../../lib/audio/recording/second_decoder.ts";
import { describe, it } from "../../../harness.ts";

/** A recording that gives some samples, and then perhaps throws. */
function recording(name: string, samples: readonly number[], fault?: Error) {
  const heard = {
    name,
    channels: samples.length,
    passes: 0,
    disposed: 0,
    countChannels: () => fault ? Promise.reject(fault) : Promise.resolve(samples.length),
    async *pieces() {
      heard.passes++;
      for (const sample of samples) yield Float32Array.of(sample);
      if (fault) throw fault;
    },
    [Symbol.asyncDispose]() {
      heard.disposed++;
      return Promise.resolve();
    },
  };
  return heard;
}

async function hear(heard: Recording): Promise<number[]> {
  const samples: number[] = [];
  for await (const piece of heard.pieces("mix")) samples.push(...piece);
  return samples;
}

describe("withSecondDecoder()", () => {
  const fault = new Error("no packet of it can be read");

  it("hears the second where the first throws before its first samples, and from then on", async () => {
    const first = recording("first", [], fault), second = recording("second", [1, 2]);
    const told: unknown[] = [];
    const both = withSecondDecoder(first, (error) => {
      told.push(error);
      return Promise.resolve(second);
    });
    assert.deepEqual([await hear(both), await hear(both)], [[1, 2], [1, 2]]);
    assert.deepEqual([both.name, both.channels, await both.countChannels()], ["first", 2, 2]);
    assert.deepEqual([told, first.passes, second.passes], [[fault], 1, 2]);
    await both[Symbol.asyncDispose]();
    assert.deepEqual([first.disposed, second.disposed], [1, 1]);
  });

  it("asks the second for the channels that the first cannot count", async () => {
    const both = withSecondDecoder(
      recording("first", [], fault),
      () => Promise.resolve(recording("second", [3])),
    );
    assert.equal(await both.countChannels(), 1);
    assert.deepEqual(await hear(both), [3]);
  });

  it("lets what the first throws later stand, after what it has given", async () => {
    const first = recording("first", [5], fault);
    const both = withSecondDecoder(first, () => assert.fail("the second is opened"));
    const samples: number[] = [];
    await assert.rejects(async () => {
      for await (const piece of both.pieces("mix")) samples.push(...piece);
    }, (error) => error === fault);
    assert.deepEqual(samples, [5]);
    await both[Symbol.asyncDispose]();
    assert.equal(first.disposed, 1);
  });

  it("throws what opening the second throws, each time", async () => {
    const both = withSecondDecoder(recording("first", [], fault), (error) => Promise.reject(error));
    for (const _ of [1, 2]) await assert.rejects(hear(both), (error) => error === fault);
  });

  it("leaves the second alone where the first is silent to its end without a fault", async () => {
    const both = withSecondDecoder(recording("first", []), () => assert.fail("the second is opened"));
    assert.deepEqual(await hear(both), []);
  });
});
