import assert from "node:assert/strict";
import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openLibrary } from "../../../ffi/library.ts";
import {
  activeSitePackages,
  pythonCudaLibrary,
  sitePackagesAround,
} from "../../../ffi/providers/cuda/python_environment.ts";
import { examineToolkit } from "../../../ffi/providers/cuda/toolkit.ts";
import { toolkitPackage } from "../../../ffi/providers/cuda/toolkit_packages.ts";
import { elfDependencies } from "../../../ffi/system/elf_dependencies.ts";
import { describe, it, itNeeds } from "../../harness.ts";
import { compileLibrary, linkedLibrary, noStub } from "./stub_driver.ts";

const { ffi } = await openLibrary();

function readFile(path: string) {
  return (offset: number, length: number) => {
    const file = openSync(path, "r");
    const bytes = new Uint8Array(length);
    const got = readSync(file, bytes, 0, length, offset);
    closeSync(file);
    return bytes.subarray(0, got);
  };
}

/** Something like the provider for a version of CUDA that there never is. */
const provider = noStub ? "" : linkedLibrary("libonnxruntime_providers_cuda.so", [
  "libcublasLt.so.97",
  "libcurand.so.10",
  "libcudart.so.97",
]);

describe("elfDependencies()", () => {
  itNeeds(noStub, "reads what a library needs, and where it looks", () => {
    const { needed, folders } = elfDependencies(readFile(provider))!;
    assert.deepEqual(needed.slice(0, 3), ["libcublasLt.so.97", "libcurand.so.10", "libcudart.so.97"]);
    assert.deepEqual(folders, ["$ORIGIN/lib"]);
  });

  it("gives nothing for other files, and for those that are cut off", () => {
    const of = (bytes: Uint8Array) => elfDependencies((at, length) => bytes.subarray(at, at + length));
    assert.equal(
      of(new TextEncoder().encode("no library, but some text that is long enough for a header of one")),
      undefined,
    );
    assert.equal(of(new Uint8Array(0)), undefined);
    if (noStub) return;
    const whole = readFile(provider)(0, 1 << 20);
    for (let size = 0; size < 2000; size += 7) assert.equal(of(whole.subarray(0, size)), undefined);
  });
});

describe("examineToolkit()", () => {
  itNeeds(
    noStub,
    "names every library that is missing, with its package, and cuDNN which is opened later",
    () => {
      const { cudaVersion, missing } = examineToolkit(ffi, provider, [])!;
      assert.equal(cudaVersion, 97);
      assert.deepEqual(missing.map(({ file, package: name }) => [file, name]), [
        ["libcublasLt.so.97", "nvidia-cublas"],
        ["libcurand.so.10", "nvidia-curand"],
        ["libcudart.so.97", "nvidia-cuda-runtime"],
        ["libcudnn.so.9", "nvidia-cudnn-cu97"],
      ]);
      assert.match(missing[0].reason, /libcublasLt\.so\.97/);
    },
  );

  itNeeds(
    noStub,
    "finds them in Python's packages, where the provider looks, and says of a damaged one that it is",
    () => {
      const site = mkdtempSync(join(tmpdir(), "sotto-site-"));
      const put = (folder: string, name: string) => {
        mkdirSync(folder, { recursive: true });
        renameSync(join(compileLibrary(name, "int f;"), name), join(folder, name));
      };
      put(join(site, "nvidia/cu97/lib"), "libcublasLt.so.97");
      put(join(dirname(provider), "lib"), "libcudart.so.97");
      mkdirSync(join(site, "nvidia/cudnn/lib"), { recursive: true });
      writeFileSync(join(site, "nvidia/cudnn/lib/libcudnn.so.9"), "not a library");
      const { missing } = examineToolkit(ffi, provider, [site, join(site, "none")])!;
      assert.deepEqual(missing.map(({ file }) => file), ["libcurand.so.10", "libcudnn.so.9"]);
      assert.match(missing[1].reason, /nvidia\/cudnn\/lib\/libcudnn\.so\.9: /);
    },
  );
});

describe("toolkitPackage()", () => {
  it("knows how packages are called for each version of CUDA", () => {
    assert.equal(toolkitPackage("libcublas.so.12", 12), "nvidia-cublas-cu12");
    assert.equal(toolkitPackage("libcublas.so.13", 13), "nvidia-cublas");
    assert.equal(toolkitPackage("libcudnn.so.9", 13), "nvidia-cudnn-cu13");
    assert.equal(toolkitPackage("libcudnn_ops.so.9", 13), undefined);
    assert.equal(toolkitPackage("libc.so.6", 13), undefined);
  });
});

describe("Python's environment", () => {
  it("has the build for CUDA if its package is the one with the provider", () => {
    const root = mkdtempSync(join(tmpdir(), "sotto-python-"));
    const site = join(root, "lib/python3.12/site-packages"), capi = join(site, "onnxruntime/capi");
    mkdirSync(capi, { recursive: true });
    writeFileSync(join(capi, "libonnxruntime.so.1.31.1"), "");
    assert.deepEqual(activeSitePackages({ VIRTUAL_ENV: root }), [site]);
    assert.equal(pythonCudaLibrary({ VIRTUAL_ENV: root }), undefined);
    writeFileSync(join(capi, "libonnxruntime_providers_cuda.so"), "");
    const library = join(capi, "libonnxruntime.so.1.31.1");
    assert.equal(pythonCudaLibrary({ CONDA_PREFIX: root }), library);
    assert.deepEqual(sitePackagesAround(library), [site]);
    assert.deepEqual(sitePackagesAround("/opt/onnxruntime/lib/libonnxruntime.so"), []);
    assert.equal(pythonCudaLibrary({}), undefined);
    assert.equal(pythonCudaLibrary({ VIRTUAL_ENV: "/no/such/folder" }), undefined);
  });
});
