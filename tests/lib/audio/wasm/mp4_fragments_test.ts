import assert from "node:assert/strict";
import {
  findFragmentedTrack,
  type Fragment,
  type FragmentedTrack,
  fragmentsOf,
} from "../../../../lib/audio/wasm/mp4_fragments.ts";
import { describe, it } from "../../../harness.ts";
import { bytes, concat, text } from "../wav_builder.ts";
import { box, numbers } from "./mp4_builder.ts";

/** Units a second. */
const SCALE = 1000;

function track(handler: string, id: number, scale = SCALE): Uint8Array {
  const mdia = box(
    "mdia",
    box("mdhd", numbers(0, 0, 0, scale, 0)),
    box("hdlr", numbers(0, 0), text(handler)),
  );
  return box("trak", box("tkhd", numbers(0, 0, 0, id)), mdia);
}

/** A movie with a picture's track, 1, and one of sound, 2. */
const tracks = [track("vide", 1), track("soun", 2)];
const defaults = [box("trex", numbers(0, 1, 1, 3, 7, 0)), box("trex", numbers(0, 2, 1, 20, 5, 0))];
const movie = box("moov", ...tracks, box("mvex", ...defaults));

const reading = (file: Uint8Array) => (offset: number, length: number) =>
  Promise.resolve(file.subarray(offset, offset + length));

async function find(file: Uint8Array): Promise<FragmentedTrack | undefined> {
  return await findFragmentedTrack(reading(file), file.length, 0);
}

/** Reads the fragments of the sound. */
async function fragments(...boxes: Uint8Array[]): Promise<Omit<Fragment, "isBehindDamage">[]> {
  return await fragmentsIn(concat(movie, ...boxes));
}

async function fragmentsIn(file: Uint8Array): Promise<Omit<Fragment, "isBehindDamage">[]> {
  return (await Array.fromAsync(fragmentsOf(reading(file), file.length, (await find(file))!)))
    .map(({ start, duration, runs }) => ({ start, duration, runs }));
}

const traf = (head: Uint8Array, ...rest: Uint8Array[]) => box("traf", box("tfhd", head), ...rest);
const run = (...fields: number[]) => box("trun", numbers(...fields));

describe("findFragmentedTrack()", () => {
  it("tells what the movie says of the samples of each track", async () => {
    const samples = [[1, { duration: 3, size: 7 }], [2, { duration: 20, size: 5 }]] as const;
    const found = await find(movie);
    assert.deepEqual([found?.id, found?.scale, [...found!.defaults]], [2, SCALE, samples]);
  });

  it("passes over what else the movie says, and what of it is cut short", async () => {
    const other = box("leva", numbers(0, 2, 1, 99, 99, 0));
    // The same without its last field is as much as is looked at.
    const short = [box("trex", numbers(0, 2, 1, 98)), box("trex", numbers(0, 1, 1, 3, 7))];
    const found = await find(box("moov", ...tracks, box("mvex", other, ...short)));
    assert.deepEqual([...found!.defaults], [[1, { duration: 3, size: 7 }]]);
  });

  it("gives nothing where there are no fragments, or the track says not what it is", async () => {
    assert.equal(await find(box("moov", ...tracks)), undefined);
    assert.equal(await find(box("moov", track("vide", 1), box("mvex", ...defaults))), undefined);
    for (const broken of [track("soun", 0), track("soun", 2, 0)]) {
      assert.equal(await find(box("moov", broken, box("mvex", ...defaults))), undefined);
    }
  });
});

describe("fragmentsOf()", () => {
  it("finds samples by the place that a fragment names, whatever else it says", async () => {
    const runs = [{ offset: 9000, length: 15 }];
    assert.deepEqual(await fragments(box("moof", traf(numbers(1, 2, 0, 9000), run(0, 3)))), [
      { start: undefined, duration: 60, runs },
    ]);
    // Behind it a description, a duration and a size of its own, and a flag that says nothing beside the place.
    const all = numbers(0x2001b, 2, 0, 9000, 1, 30, 4);
    assert.deepEqual(await fragments(box("moof", traf(all, run(0, 3)))), [
      { start: undefined, duration: 90, runs: [{ offset: 9000, length: 12 }] },
    ]);
  });

  it("reads the fields that there are, and nothing behind them", async () => {
    const read = async (...head: number[]) => {
      const [{ duration, runs: [{ length }] }] = await fragments(
        box("moof", traf(numbers(...head), run(0, 1))),
      );
      return [duration, length];
    };
    assert.deepEqual(await read(9, 2, 0, 9000, 30), [30, 5]);
    assert.deepEqual(await read(0x11, 2, 0, 9000, 4), [20, 4]);
    assert.deepEqual(await read(1, 2, 0, 9000, 4), [20, 5]);
    assert.deepEqual(await read(8, 2, 30), [30, 5]);
    // One that was cut off, or never said.
    assert.deepEqual(await read(8, 2), [20, 5]);
    const silent = concat(box("moov", ...tracks, box("mvex")), box("moof", traf(numbers(0, 2), run(0, 3))));
    const [{ duration, runs }] = await fragmentsIn(silent);
    assert.deepEqual([duration, runs[0].length], [0, 0]);
  });

  it("counts from the fragment, or from where the track before it ends", async () => {
    const at = movie.length, other = numbers(0, 1);
    const fromFragment = box("moof", traf(other, run(1, 2, 100)), traf(numbers(0x20000, 2), run(1, 1, 40)));
    assert.deepEqual(await fragments(fromFragment), [
      { start: undefined, duration: 20, runs: [{ offset: at + 40, length: 5 }] },
    ]);
    const behind = box("moof", traf(other, run(1, 2, 100)), traf(numbers(0, 2), run(0, 1), run(0, 2)));
    const end = at + 100 + 14;
    assert.deepEqual(await fragments(behind), [
      { start: undefined, duration: 60, runs: [{ offset: end, length: 5 }, { offset: end + 5, length: 10 }] },
    ]);
    // The movie may come last.
    assert.deepEqual(await fragmentsIn(concat(fromFragment, movie)), [
      { start: undefined, duration: 20, runs: [{ offset: 40, length: 5 }] },
    ]);
    const before = box("free", bytes(1, 2, 3));
    assert.deepEqual(await fragments(before, fromFragment), [
      { start: undefined, duration: 20, runs: [{ offset: at + before.length + 40, length: 5 }] },
    ]);
  });

  it("takes a place before the fragment's own, and one that is cut short for none", async () => {
    const [{ runs }] = await fragments(box("moof", traf(numbers(1, 2, 0, 500), run(1, 1, -20), run(1, 1))));
    assert.deepEqual(runs, [{ offset: 480, length: 5 }, { offset: 485, length: 5 }]);
  });

  it("adds up what each sample says of itself, as far as the run goes", async () => {
    const head = numbers(1, 2, 0, 500);
    const each = async (...fields: number[]) => {
      const [{ duration, runs: [{ offset, length }] }] = await fragments(
        box("moof", traf(head, run(...fields), box("free", numbers(1, 1, 1, 1)))),
      );
      return [duration, offset - 500, length];
    };
    assert.deepEqual(await each(0x100, 2, 11, 12), [23, 0, 10]);
    assert.deepEqual(await each(0x200, 2, 11, 12), [40, 0, 23]);
    assert.deepEqual(await each(0x301, 2, 30, 11, 1, 12, 2), [23, 30, 3]);
    assert.deepEqual(await each(0x100, 1, 11, 12), [11, 0, 5]);
    assert.deepEqual(await each(0x705, 2, 30, 77, 11, 1, 99, 12, 2, 99), [23, 30, 3]);
    assert.deepEqual(await each(0xf04, 2, 77, 11, 1, 99, 88, 12, 2, 99, 88), [23, 0, 3]);
    // Two are there, and three were stated.
    assert.deepEqual(await each(0x300, 3, 11, 1, 12, 2), [23, 0, 3]);
  });

  it("tells when a fragment begins, by a short number or a long one", async () => {
    const starts = async (...fields: number[]) =>
      (await fragments(box("moof", traf(numbers(0, 2), box("tfdt", numbers(...fields)), run(0, 0))))).map((
        { start },
      ) => start);
    assert.deepEqual(await starts(0, 70), [70]);
    assert.deepEqual(await starts(0, 70, 80), [70]);
    assert.deepEqual(await starts(1 << 24, 1, 70), [2 ** 32 + 70]);
    assert.deepEqual(await starts(0), [undefined]);
  });

  it("passes over what is no fragment, or none of the track", async () => {
    const mine = traf(numbers(0x20000, 2), run(0, 1));
    const found = { start: undefined, duration: 20, runs: [{ offset: movie.length + 32, length: 5 }] };
    assert.deepEqual(
      await fragments(
        mine,
        box("skip", mine),
        box("moof", box("free", text("traf")), traf(numbers(0))),
        box("moof"),
        mine,
      ),
      [],
    );
    const file = [box("free", bytes(...Array(24).keys())), box("moof", box("traf"), mine)];
    assert.deepEqual(await fragments(...file), [found]);
  });
});
