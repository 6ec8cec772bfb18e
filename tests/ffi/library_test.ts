import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { LibraryLoadError } from "../../ffi/errors/library_load_error.ts";
import { openLibrary, OrtLibrary } from "../../ffi/library.ts";
import { LIBRARY_VARIABLE } from "../../ffi/system/library_obstacle.ts";
import type { Ffi } from "../../ffi/types.ts";
import { describe, it, itNeeds } from "../harness.ts";

/** An interface whose library has the functions of ONNX Runtime of some version. */
function fakeFfi(version: string, table: number): Ffi & { asked: number[] } {
  const GET_API = 100, GET_VERSION = 200;
  const asked: number[] = [];
  return {
    name: "deno",
    asked,
    open: () => ({ OrtGetApiBase: () => 1 }),
    bind: (address) => (...args) => {
      if (address === GET_VERSION) return 7;
      if (address === GET_API) asked.push(args[0] as number);
      return address === GET_API ? table : 0;
    },
    bindAsync: () => () => Promise.resolve(0),
    addressOf: () => 1,
    readPointer: (address, offset = 0) => address === 1 ? (offset === 0 ? GET_API : GET_VERSION) : 1,
    readCString: () => version,
    view: () => new ArrayBuffer(0),
    permits: () => true,
    resolvePackageFile: () => Promise.reject(new Error("there is none")),
  };
}

/** The C library of this process. */
const libc = existsSync("/proc/self/maps")
  ? /\/\S*\/libc\.so\.6|\/\S*\/ld-musl\S*/.exec(readFileSync("/proc/self/maps", "utf8"))?.[0]
  : undefined;

async function loadError(options: { library?: string }): Promise<LibraryLoadError> {
  const error = await openLibrary(options).then(() => undefined, (error) => error);
  assert.ok(error instanceof LibraryLoadError, String(error));
  return error;
}

describe("openLibrary()", () => {
  it("finds the npm package and opens it once", async () => {
    const library = await openLibrary();
    assert.match(library.version, /^1\.\d+/);
    assert.equal(await openLibrary(), library);
  });

  it("names the file of the library option when it is missing", async () => {
    const { tried, message, wanted } = await loadError({ library: "/no/libonnxruntime.so" });
    assert.deepEqual(tried, [
      { place: "the library option", path: "/no/libonnxruntime.so", reason: "there is no such file" },
    ]);
    assert.match(message, /\/no\/libonnxruntime\.so.*there is no such file/);
    assert.match(message, new RegExp(`wanted.*1\\.22`));
    assert.match(wanted, /1\.22/);
  });

  it("says of a file that is no library that it cannot be opened", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "sotto-")), "libonnxruntime.so");
    writeFileSync(file, "not a library");
    const { tried } = await loadError({ library: file });
    assert.match(tried[0].reason, /cannot be opened/);
  });

  it("says of a library that is cut off how much is missing, and lives on", async () => {
    const { path } = await openLibrary();
    const file = join(mkdtempSync(join(tmpdir(), "sotto-")), "libonnxruntime.so");
    const bytes = readFileSync(path);
    for (const tenth of [1, 5, 9]) {
      writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * tenth / 10)));
      const { tried, message } = await loadError({ library: file });
      assert.match(tried[0].reason, /^the file is cut off: it has \d+ bytes of at least \d+$/);
      assert.match(message, /Install it again$/);
    }
    rmSync(dirname(file), { recursive: true });
  });

  itNeeds(
    libc ? undefined : "no C library found here",
    "says of another library that it is not ONNX Runtime's",
    async () => {
      const { tried } = await loadError({ library: libc });
      assert.match(tried[0].reason, /not ONNX Runtime's/);
    },
  );

  it("takes the variable before the package, and names both places", async () => {
    process.env[LIBRARY_VARIABLE] = "/no/from_variable.so";
    try {
      const { tried } = await loadError({});
      assert.deepEqual(tried.map(({ place }) => place), ["the library option", LIBRARY_VARIABLE]);
      assert.equal(tried[1].path, "/no/from_variable.so");
    } finally {
      delete process.env[LIBRARY_VARIABLE];
    }
  });
});

describe("OrtLibrary", () => {
  // Any file that exists: the fake opens nothing.
  const path = process.execPath;

  it("refuses a version that is too old, without asking it for an API", () => {
    const ffi = fakeFfi("1.17.3", 5);
    assert.throws(() => new OrtLibrary(ffi, path), /version 1\.17\.3/);
    assert.deepEqual(ffi.asked, []);
  });

  it("takes a newer version", () => {
    assert.equal(new OrtLibrary(fakeFfi("1.99.0", 5), path).version, "1.99.0");
  });
});
