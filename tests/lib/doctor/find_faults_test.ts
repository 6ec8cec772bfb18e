import assert from "node:assert/strict";
import type { Facts } from "../../../lib/doctor/facts.ts";
import { type Fault, findFaults } from "../../../lib/doctor/find_faults.ts";
import { describe, it } from "../../harness.ts";
import { WELL } from "./machine.ts";

/** What is wrong with a machine that differs from one on which all is well. */
function faultsOf(changed: Partial<Facts>): Fault[] {
  const faults = findFaults({ ...WELL, ...changed });
  for (const { fix } of faults) assert.match(fix, /^\S.+\S$/, "each has its one line that helps");
  return faults;
}

function only(changed: Partial<Facts>): Fault {
  const faults = faultsOf(changed);
  assert.equal(faults.length, 1, JSON.stringify(faults));
  return faults[0];
}

describe("findFaults()", () => {
  it("finds nothing wrong where all is well", () => {
    assert.deepEqual(faultsOf({}), []);
    assert.deepEqual(faultsOf({ selfTest: undefined }), []);
  });

  it("names each missing permission by its flag; what is needed is a problem", () => {
    const denied = { use: "it is used", isGranted: false };
    const faults = faultsOf({
      permissions: {
        value: [
          { ...denied, flag: "--allow-run", what: "ffmpeg", isNeeded: false },
          { ...denied, flag: "--allow-ffi", isNeeded: true },
        ],
      },
    });
    assert.deepEqual(faults.map(({ level }) => level), ["problem", "note"]);
    assert.match(faults[0].fix, /--allow-ffi/);
    assert.match(faults[1].fix, /--allow-run=ffmpeg/);
  });

  it("does not tell of a missing permission twice", () => {
    const failure = "the permission --allow-env is missing: run Deno again with that flag";
    assert.deepEqual(faultsOf({ library: { failure }, cache: { failure }, selfTest: { failure } }), []);
  });

  it("takes what helps from the library's own error", () => {
    const { level, what, fix } = only({
      library: {
        failure: "Cannot load ONNX Runtime: musl here; wanted 1.22 or newer. Take a system with glibc",
      },
    });
    assert.equal(level, "problem");
    assert.match(what, /musl here; wanted 1\.22 or newer$/);
    assert.equal(fix, "Take a system with glibc");
  });

  it("tells of telemetry that somebody switched on", () => {
    const { level } = only({
      library: { value: { path: "", version: "1.30.0", providers: ["CUDA"], telemetryOff: false } },
    });
    assert.equal(level, "note");
  });

  it("tells of a self-test that fails or is wrong", () => {
    assert.equal(only({ selfTest: { failure: "out of memory" } }).level, "problem");
    const wrong = only({ selfTest: { value: { seconds: 1, isRight: false, tokens: [3, 4] } } });
    assert.match(wrong.what, /other tokens.*3 4/);
    assert.equal(wrong.level, "problem");
  });

  it("tells of a cache that cannot be written, has little room or half a model", () => {
    const cache = (WELL.cache as { value: Extract<Facts["cache"], { value: unknown }>["value"] }).value;
    const readOnly = only({ cache: { value: { ...cache, isWritable: false } } });
    assert.equal(readOnly.level, "note", "what is in it can be used");
    assert.equal(only({ cache: { value: { ...cache, isWritable: false, models: [] } } }).level, "problem");
    assert.match(only({ cache: { value: { ...cache, freeBytes: 1e9 } } }).what, /1\.0 GB free/);
    assert.deepEqual(faultsOf({ cache: { value: { ...cache, freeBytes: undefined } } }), []);
    const partial = { name: "tiny", bytes: 1, isComplete: false, prepared: [] };
    assert.match(only({ cache: { value: { ...cache, models: [partial] } } }).fix, /sotto download tiny/);
  });

  it("says nothing of a machine without a graphics processor, and tells of one that cannot be used", () => {
    const none = { isReady: false, hasDriver: false, devices: [] };
    assert.deepEqual(faultsOf({ gpu: { value: none } }), []);
    assert.match(only({ gpu: { value: { ...none, hasDriver: true, reason: "too old" } } }).what, /too old/);
    const library = { path: "", version: "1.30.0", providers: ["CPU"], telemetryOff: true };
    const without = only({ library: { value: { ...library, cudaObstacle: "it is built without CUDA" } } });
    assert.match(without.what, /cannot use the device: it is built without CUDA/);
    assert.match(without.fix, /onnxruntime-gpu/);
    const lacking = {
      ...library,
      cudaObstacle: "libcublas.so.12 is missing. Run pip install nvidia-cublas-cu12",
    };
    assert.equal(only({ library: { value: lacking } }).fix, "Run pip install nvidia-cublas-cu12");
    assert.deepEqual(
      faultsOf({ library: { value: lacking }, gpu: { value: none } }),
      [],
      "without a device nothing is missing",
    );
  });

  it("tells that there is no ffmpeg, but not that it could not look", () => {
    assert.equal(only({ ffmpeg: { value: null } }).level, "note");
    assert.deepEqual(faultsOf({ ffmpeg: { failure: "no" } }), []);
  });
});
