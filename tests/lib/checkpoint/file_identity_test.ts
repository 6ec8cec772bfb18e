import assert from "node:assert/strict";
import { rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FileIdentity, identityOf, sameFile } from "../../../lib/checkpoint/file_identity.ts";
import { describe, it } from "../../harness.ts";
import { withFolder } from "./download/download_fixture.ts";

const identity = async (path: string) => identityOf(await stat(path, { bigint: true }));

describe("sameFile()", () => {
  it("knows a file by each of its marks", () => {
    const file: FileIdentity = { dev: 1n, ino: 2n, size: 3n, mtimeNs: 4n, ctimeNs: 5n };
    assert.equal(sameFile(file, { ...file }), true);
    for (const mark of Object.keys(file)) assert.equal(sameFile(file, { ...file, [mark]: 9n }), false, mark);
  });

  it("goes by the other marks where the system does not tell the device", () => {
    const file: FileIdentity = { dev: 1n, ino: 2n, size: 3n, mtimeNs: 4n, ctimeNs: 5n };
    const unknown = { ...file, dev: 0n };
    assert.equal(sameFile(file, unknown), true);
    assert.equal(sameFile(unknown, file), true);
    assert.equal(sameFile(file, { ...unknown, ino: 9n }), false);
  });

  it("tells content that was written and given its old time from what was there before", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "model.pt");
      await writeFile(path, "what was checked");
      await utimes(path, 1_000_000, 1_000_000);
      const checked = await identity(path);
      await new Promise((resolve) => setTimeout(resolve, 1100)); // Deno tells this time in whole seconds.
      await writeFile(path, "something hidden");
      await utimes(path, 1_000_000, 1_000_000);
      const now = await identity(path);
      assert.deepEqual([now.size, now.mtimeNs, now.ino], [checked.size, checked.mtimeNs, checked.ino]);
      assert.equal(sameFile(checked, now), false);
    });
  });

  it("tells a file from another that took its name", async () => {
    await withFolder(async (folder) => {
      const [path, other] = [join(folder, "model.pt"), join(folder, "other.pt")];
      for (const each of [path, other]) await writeFile(each, "the same bytes");
      const checked = await identity(path);
      await rename(other, path);
      assert.equal(sameFile(checked, await identity(path)), false);
    });
  });
});
