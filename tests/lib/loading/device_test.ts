/**
 * What becomes of a model on machines that have a device, or seem to: drivers are made up, and each is met in a process
 * of its own. With `SOTTO_TEST_ONNXRUNTIME_GPU`, the build for CUDA is met too: a folder made by
 * `pip install --target FOLDER onnxruntime-gpu`, and with `nvidia-cublas nvidia-cuda-runtime nvidia-curand
 * nvidia-cudnn-cu13` in it, the toolkit without a device.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { makeStubDriver, noStub, type StubDriver } from "../../ffi/providers/stub_driver.ts";
import { describe, itNeeds } from "../../harness.ts";
import { runScript } from "../../process/child.ts";

interface Outcome {
  readonly device: string;
  readonly report: readonly string[];
  readonly warnings: readonly string[];
  readonly error?: { readonly reason: string; readonly available: readonly string[] };
}

const SENTENCE = "And Mr. John Dashwood had then leisure to consider how much—";

/** Loads a model in a process that finds this driver, and makes sure that it transcribes whatever came of it. */
async function loadWith(
  driver: StubDriver | undefined,
  device: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const folder = driver === undefined
    ? mkdtempSync(join(tmpdir(), "sotto-no-driver-"))
    : makeStubDriver(driver);
  const environment = {
    VIRTUAL_ENV: "",
    CONDA_PREFIX: "",
    ORT_DYLIB_PATH: "",
    ...env,
    LD_LIBRARY_PATH: folder,
  };
  const { stdout, stderr, code } = await runScript("load_on_device.ts", [device], { env: environment });
  assert.equal(code, 0, stderr);
  const { transcript, ...outcome } = JSON.parse(stdout);
  assert.equal(transcript, SENTENCE);
  return outcome;
}

const package_ = process.env.SOTTO_TEST_ONNXRUNTIME_GPU;
const noBuild = noStub ??
  (package_ ? undefined : "SOTTO_TEST_ONNXRUNTIME_GPU names no folder with onnxruntime-gpu");
const noToolkit = noBuild ??
  (existsSync(join(package_!, "nvidia")) ? undefined : "that folder has no toolkit");

/** An active environment of Python's with some of the packages. */
function environment(names: readonly string[]): Record<string, string> {
  const root = mkdtempSync(join(tmpdir(), "sotto-venv-"));
  const site = join(root, "lib", "python3.12", "site-packages");
  // The folders themselves: a link to one would lead back to what lies beside it.
  for (const name of names) copyLinks(join(package_!, name), join(site, name));
  return { VIRTUAL_ENV: root };
}

function copyLinks(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const paths = [join(from, entry.name), join(to, entry.name)] as const;
    if (entry.isDirectory()) copyLinks(...paths);
    else symlinkSync(...paths);
  }
}

describe("a model on a machine", () => {
  itNeeds(noStub, "whose driver has no device runs on the CPU, and nobody is warned", async () => {
    const { device, report, warnings } = await loadWith({ devices: 0 }, "auto");
    assert.equal(device, "cpu");
    assert.match(report[0], /^CUDA is not used: NVIDIA's driver has no device for this process/);
    assert.deepEqual([report[1], warnings], ["The CPU is used", []]);
  });

  itNeeds(
    noStub,
    "with a device that ONNX Runtime has no files for runs on the CPU, with a warning",
    async () => {
      const { device, report, warnings } = await loadWith({ devices: 1 }, "auto");
      assert.equal(device, "cpu");
      assert.match(
        report[0],
        /^CUDA is not used: .*no libonnxruntime_providers_cuda\.so beside .*npm rebuild/,
      );
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], /^CUDA is not used, though this machine may have a device for it: /);
    },
  );

  itNeeds(
    noStub,
    "without the second device that is asked for gets an error that names the first",
    async () => {
      const { error } = await loadWith({ devices: 1 }, "cuda:1");
      assert.equal(error!.reason, "there is no device 1, only cuda:0 (Made Up 4090)");
    },
  );
});

describe("a model with the build for CUDA", () => {
  itNeeds(
    noBuild,
    "of the active environment names every library of the toolkit that is missing",
    async () => {
      const { device, report, warnings } = await loadWith(
        { devices: 1 },
        "auto",
        environment(["onnxruntime"]),
      );
      assert.equal(device, "cpu");
      for (const name of ["libcublasLt", "libcublas", "libcurand", "libcudart", "libcudnn"]) {
        assert.match(report[0], new RegExp(`${name}\\.so\\.\\d+ \\(nvidia-`));
      }
      assert.equal(warnings.length, 1);
    },
  );

  itNeeds(noToolkit, "and its toolkit, and no driver, runs on the CPU and says that", async () => {
    const env = environment(["onnxruntime", "nvidia"]);
    const capi = join(package_!, "onnxruntime", "capi");
    const library = readdirSync(capi).find((name) => name.startsWith("libonnxruntime.so"))!;
    const named = { ...env, ORT_DYLIB_PATH: join(capi, library) };
    const { device, report, warnings } = await loadWith(undefined, "auto", named);
    assert.equal(device, "cpu");
    assert.match(report[0], /^CUDA is not used: there is no NVIDIA driver \(libcuda\.so\.1/);
    assert.deepEqual(warnings, []);
  });

  itNeeds(noToolkit, "and its toolkit, and a driver that is too old, says which it takes", async () => {
    const { error } = await loadWith(
      { devices: 1, version: 11080 },
      "cuda",
      environment(["onnxruntime", "nvidia"]),
    );
    assert.match(
      error!.reason,
      /^the driver knows CUDA 11\.8, and this build of ONNX Runtime is for CUDA 1\d/,
    );
  });

  itNeeds(
    noToolkit,
    "and its toolkit, and a device that fails, runs on the CPU, with a warning",
    async () => {
      const { device, report, warnings } = await loadWith(
        { devices: 1 },
        "auto",
        environment(["onnxruntime", "nvidia"]),
      );
      assert.equal(device, "cpu");
      assert.match(report[0], /^CUDA is not used: Cannot run .*CUDA failure/);
      assert.equal(warnings.length, 1);
    },
  );
});
