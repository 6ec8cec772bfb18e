import assert from "node:assert/strict";
import {
  availableDevices,
  createOnDevice,
  type Device,
  DEVICES,
  isDevice,
  placeOf,
} from "../../ffi/execution_provider.ts";
import { openLibrary } from "../../ffi/library.ts";
import { DeviceError } from "../../ffi/providers/device_error.ts";
import { OrtError } from "../../ffi/errors/ort_error.ts";
import { describe, it } from "../balance.ts";
import { itNeeds } from "../harness.ts";

const library = await openLibrary();
const refuse = (message: string) => new OrtError(message, { code: "FAIL", api: "CreateSessionFromArray" });

/** One that the library is built with and no file or driver is looked for beforehand. */
const built = availableDevices(library).find((name) => !["cpu", "cuda"].includes(name));
const notBuilt = built === undefined ? "the library is built for the CPU and CUDA alone" : undefined;

describe("the names of devices", () => {
  it("are those of providers, and of CUDA's devices by their numbers", () => {
    const named = ["auto", "cpu", "cuda", "webgpu", "coreml", "directml", "openvino", "xnnpack"];
    assert.deepEqual(DEVICES, named);
    assert.deepEqual([...named, "cuda:0", "cuda:12"].filter((name) => !isDevice(name)), []);
    for (
      const name of ["gpu", "CUDA", "cuda:", "cuda:-1", "cuda:1.5", "cuda:1x", "cpu:0", "cuda:9999", 1, null]
    ) {
      assert.equal(isDevice(name), false, String(name));
    }
    assert.deepEqual(placeOf("cuda:1"), { provider: "cuda", deviceId: 1 });
    assert.deepEqual(placeOf("cuda"), { provider: "cuda", deviceId: 0 });
  });
});

describe("createOnDevice()", () => {
  it("makes it on the CPU alone where that is asked for", async () => {
    const { value, device, report, warning } = await createOnDevice(
      library,
      "cpu",
      (place) => Promise.resolve(place),
    );
    assert.deepEqual(value, { provider: "cpu", deviceId: 0 });
    assert.deepEqual([device, report, warning], ["cpu", ["The CPU is used"], undefined]);
  });

  it("says why each other device is not used on auto", async () => {
    const { device, report } = await createOnDevice(
      library,
      "auto",
      ({ provider }) => Promise.resolve(provider),
    );
    if (device === "cpu") assert.match(report[0], /^CUDA is not used: ./);
    assert.match(report.at(-1)!, / is used$/);
  });

  it("lists what the library is built for where a device is none of that, before anything is made", async () => {
    // Of CUDA the driver is asked before.
    const absent = DEVICES.find((name) =>
      !["auto", "cuda"].includes(name) && !availableDevices(library).includes(name as "cpu")
    )!;
    const never = () => Promise.reject(new Error("made"));
    await assert.rejects(createOnDevice(library, absent, never), (error) => {
      assert.ok(error instanceof DeviceError);
      assert.deepEqual([error.name, error.code, error.device], ["DeviceError", "DEVICE", absent]);
      assert.match(
        error.message,
        /^Cannot run on the device ".*": ONNX Runtime .* is built without .*it has .*"cpu"/,
      );
      assert.ok(error.available.includes("cpu"));
      return true;
    });
  });

  itNeeds(
    notBuilt,
    "throws what ONNX Runtime says of the device, without the places in its source",
    async () => {
      const cause = refuse("/src/a.cc:12 Status f() [ONNXRuntimeError] : 1 : FAIL : no adapter");
      await assert.rejects(createOnDevice(library, built!, () => Promise.reject(cause)), {
        name: "DeviceError",
        reason: "Cannot run CreateSessionFromArray: no adapter",
        cause,
      });
    },
  );

  itNeeds(notBuilt, "does not take a fault for the device's that is not ONNX Runtime's", async () => {
    const fault = new RangeError("a bug");
    await assert.rejects(createOnDevice(library, built!, () => Promise.reject(fault)), fault);
  });

  it("leaves a failure on the CPU what it is", async () => {
    const failure = refuse("the model is damaged");
    for (const device of ["cpu", "auto"] as const) {
      const create = ({ provider }: { provider: string }) =>
        Promise.reject(provider === "cpu" ? failure : refuse("no"));
      await assert.rejects(createOnDevice(library, device, create), failure);
    }
  });

  it("refuses a device that does not exist", async () => {
    const wrong = createOnDevice(library, "gpu" as Device, () => Promise.resolve(1));
    await assert.rejects(
      wrong,
      /"gpu": wanted "auto", "cpu", "cuda" \(also "cuda:1" and so on\), .* or "xnnpack"/,
    );
  });
});
