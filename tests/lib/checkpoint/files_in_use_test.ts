import assert from "node:assert/strict";
import { mayBeInUse, removeFree, whenFree } from "../../../lib/checkpoint/files_in_use.ts";
import { describe, it } from "../../harness.ts";

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: operation not permitted`), { code });
}

describe("whenFree()", () => {
  /** Tries something that fails some times first, and gives how often it was tried and how long it waited. */
  async function tries(failures: number, code: string, platform: string) {
    let count = 0, waited = 0;
    const work = () => ++count > failures ? Promise.resolve("done") : Promise.reject(failure(code));
    const sleep = (milliseconds: number) => Promise.resolve(void (waited += milliseconds));
    const result = await whenFree(work, { platform, sleep }).catch((error) => error.code);
    return { result, count, waited };
  }

  it("waits on Windows until another process lets go of the file", async () => {
    for (const code of ["EPERM", "EACCES", "EBUSY"]) {
      assert.deepEqual(await tries(3, code, "win32"), { result: "done", count: 4, waited: 300 });
    }
  });

  it("gives up after two seconds, with the error of the last try", async () => {
    assert.deepEqual(await tries(Infinity, "EBUSY", "win32"), { result: "EBUSY", count: 20, waited: 1900 });
  });

  it("does not wait for other errors, nor on other systems, where they mean what they say", async () => {
    assert.deepEqual(await tries(1, "ENOENT", "win32"), { result: "ENOENT", count: 1, waited: 0 });
    assert.deepEqual(await tries(1, "EPERM", "linux"), { result: "EPERM", count: 1, waited: 0 });
    assert(!mayBeInUse(failure("EACCES"), "darwin"));
  });
});

describe("removeFree()", () => {
  it("says of a file that Windows does not let go of that it is open elsewhere", async () => {
    const sleep = () => Promise.resolve();
    const remove = () => Promise.reject(failure("EBUSY"));
    await assert.rejects(
      removeFree("base.pt", { remove, sleep, platform: "win32" }),
      /^Error: Cannot remove base\.pt: another program has it open/,
    );
    await assert.rejects(removeFree("base.pt", { remove, sleep, platform: "linux" }), /^Error: EBUSY/);
  });

  it("does not miss what is not there", async () => {
    await removeFree("/no/such/file");
  });
});
