/** One suite that every `Ffi` must pass, on the C library's own functions and on ONNX Runtime's. */
import assert from "node:assert/strict";
import { ORT_API_BASE } from "../../ffi/ort_api.ts";
import type { Ffi } from "../../ffi/types.ts";
import { describe, it } from "../harness.ts";

/** Declares the suite for an adapter and the path of ONNX Runtime's library. */
export function testFfi(ffi: Ffi, library: string): void {
  const { OrtGetApiBase } = ffi.open(library, { OrtGetApiBase: { parameters: [], result: "pointer" } });
  const base = OrtGetApiBase();
  const { GetApi, GetVersionString } = ORT_API_BASE;
  const getApi = ffi.readPointer(base, GetApi.offset);

  describe(`the adapter of ${ffi.name}`, () => {
    it("open() gives functions that return addresses", () => {
      assert.equal(typeof base, "number");
      assert.ok(base > 0);
    });

    it("open() throws when there is no such file", () => {
      assert.throws(() => ffi.open("/there/is/no/library.so", { f: { parameters: [], result: "void" } }));
    });

    it("open() throws when the symbol is missing", () => {
      assert.throws(() => ffi.open(library, { NoSuchSymbol: { parameters: [], result: "void" } }));
    });

    it("readCString() reads what a bound function points at", () => {
      const version = ffi.bind(ffi.readPointer(base, GetVersionString.offset), GetVersionString)();
      assert.match(ffi.readCString(version), /^1\.\d+\.\d+/);
    });

    it("bind() gives 0 for a null pointer", () => {
      // Version 0 does not exist; the library says so on stderr.
      assert.equal(ffi.bind(getApi, GetApi)(0), 0);
    });

    it("bindAsync() gives the same result as bind()", async () => {
      assert.equal(await ffi.bindAsync(getApi, GetApi)(22), ffi.bind(getApi, GetApi)(22));
    });

    it("bindAsync() calls can overlap", async () => {
      const call = ffi.bindAsync(getApi, GetApi);
      const results = await Promise.all(Array.from({ length: 20 }, () => call(22)));
      assert.equal(new Set(results).size, 1);
    });

    it("bindAsync() fails for a call that cannot be made, and for no other", async () => {
      const good = ffi.bindAsync(getApi, GetApi);
      const before = good(22);
      const impossible = async () => await ffi.bindAsync(0, GetApi)(22);
      await assert.rejects(impossible());
      assert.deepEqual([await before, await good(22)], [ffi.bind(getApi, GetApi)(22), await good(22)]);
    });

    it("addressOf() and view() see the same memory", () => {
      const array = new Float32Array(new ArrayBuffer(4096));
      const alias = new Float32Array(ffi.view(ffi.addressOf(array), array.byteLength));
      array[1023] = 1.5;
      assert.equal(alias[1023], 1.5);
      alias[0] = -2;
      assert.equal(array[0], -2);
    });

    it("addressOf() counts the offset of a view", () => {
      const array = new Uint8Array(new ArrayBuffer(4096));
      assert.equal(ffi.addressOf(array.subarray(100)) - ffi.addressOf(array), 100);
    });

    it("addressOf() throws when the view is empty", () => {
      assert.throws(() => ffi.addressOf(new Uint8Array(0)), RangeError);
    });

    it("readPointer() reads at an offset", () => {
      const array = new BigUint64Array(new ArrayBuffer(16));
      array[1] = 0x7fff_1234_5678n;
      assert.equal(ffi.readPointer(ffi.addressOf(array), 8), 0x7fff_1234_5678);
    });

    it("permits() tells what may be done", () => {
      assert.equal(ffi.permits("read", "package.json"), true);
      assert.equal(ffi.permits("write", "package.json"), true);
      for (const access of ["env", "net", "run", "sys", "ffi"] as const) {
        assert.equal(ffi.permits(access), true, access);
      }
    });

    it("resolvePackageFile() finds the package's manifest", async () => {
      assert.match(await ffi.resolvePackageFile("package.json"), /onnxruntime-node.*package\.json$/);
    });
  });
}
