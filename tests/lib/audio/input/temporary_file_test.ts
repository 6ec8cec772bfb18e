import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { openAudioInput } from "../../../../lib/audio/source.ts";
import { writeTemporaryFile } from "../../../../lib/audio/input/temporary_file.ts";
import { describe, it } from "../../../harness.ts";
import { bytes } from "../wav_builder.ts";

function failure(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(`${code}: resource busy`), { code }));
}

describe("writeTemporaryFile()", () => {
  it("holds the bytes, and is gone with its folder when it is disposed", async () => {
    const file = await writeTemporaryFile(await openAudioInput(bytes(1, 2, 3)));
    assert.deepEqual([...readFileSync(file.path)], [1, 2, 3]);
    await file[Symbol.asyncDispose]();
    assert(!existsSync(dirname(file.path)));
  });

  it("is removed once the program that holds it open is gone", async () => {
    let tries = 0;
    const remove: typeof rm = (path, options) => ++tries < 3 ? failure("EBUSY") : rm(path, options);
    const file = await writeTemporaryFile(await openAudioInput(bytes(1)), { remove });
    await file[Symbol.asyncDispose]();
    assert.equal(tries, 3);
    assert(!existsSync(file.path));
  });

  it("stays, with a warning, when it cannot be removed: why the work ended counts more", async () => {
    const warnings: string[] = [];
    const reason = new Error("no longer wanted");
    let path = "";
    const work = async () => {
      await using file = await writeTemporaryFile(await openAudioInput(bytes(1)), {
        remove: () => failure("EBUSY"),
        onWarning: (message) => warnings.push(message),
      });
      ({ path } = file);
      throw reason;
    };
    await assert.rejects(work(), (error) => error === reason);
    assert.match(warnings.join(), /^The temporary folder .* cannot be removed: EBUSY/);
    await rm(dirname(path), { recursive: true });
  });
});
