import assert from "node:assert/strict";
import { openLibrary } from "../../../ffi/library.ts";
import { probeCuda } from "../../../ffi/providers/cuda/probe.ts";
import { describe, it, itNeeds } from "../../harness.ts";
import { makeHiddenDriver, noStub, type StubDriver } from "./stub_driver.ts";

const { ffi } = await openLibrary();

const probe = (driver: StubDriver, freeMemory = false) =>
  probeCuda(ffi, { file: makeHiddenDriver(driver), freeMemory });

describe("probeCuda()", () => {
  itNeeds(noStub, "names the devices, what they can do and their memory", () => {
    const { state, reason, driverVersion, devices } = probe({ devices: 2, version: 12040 });
    assert.deepEqual([state, reason, driverVersion], ["ready", undefined, "12.4"]);
    assert.deepEqual(devices, [
      { index: 0, name: "Made Up 4090", computeCapability: "8.9", totalMemory: 24 * 2 ** 30 },
      { index: 1, name: "Made Up 3060", computeCapability: "8.9", totalMemory: 24 * 2 ** 30 },
    ]);
  });

  itNeeds(noStub, "asks for free memory in a context that it gives back", () => {
    const { devices } = probe({ devices: 2 }, true);
    // The second would see two contexts if the first were left.
    assert.deepEqual(devices.map(({ freeMemory }) => freeMemory), [20 * 2 ** 30, 20 * 2 ** 30]);
  });

  itNeeds(noStub, "tells a driver without devices from one that does not work", () => {
    const none = probe({ devices: 0 });
    assert.equal(none.state, "no-device");
    assert.match(none.reason!, /no device for this process: .*--gpus all.*CUDA_VISIBLE_DEVICES/);
    assert.equal(probe({ init: 100 }).state, "no-device");
    const mismatch = probe({ init: 803, devices: 1 });
    assert.equal(mismatch.state, "failed");
    assert.match(
      mismatch.reason!,
      /cuInit: error 803, CUDA_ERROR_MADE_UP, made up; .*start the machine again/,
    );
    assert.deepEqual(mismatch.devices, []);
  });

  itNeeds(noStub, "fails without an exception when a device gives no context", () => {
    const { state, reason } = probe({ devices: 1, context: 2 }, true);
    assert.equal(state, "failed");
    assert.match(reason!, /cuDevicePrimaryCtxRetain: error 2/);
  });

  it("says that there is no driver where there is none", () => {
    const { state, reason, devices } = probeCuda(ffi, { file: "/no/such/libcuda.so.1" });
    assert.ok(state === "no-driver" || state === "failed");
    assert.match(reason!, /libcuda\.so\.1/);
    assert.deepEqual(devices, []);
    const elsewhere = probeCuda(ffi, { platform: "darwin" });
    assert.deepEqual(elsewhere, {
      state: "no-driver",
      reason: "there is no NVIDIA driver (NVIDIA has none for this system)",
      devices: [],
    });
  });
});
