import assert from "node:assert/strict";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { distinctNames } from "../../../../lib/commands/results/result_names.ts";
import { describe, it, itNeeds } from "../../../harness.ts";
import {
  keepOutputFiles,
  OutputError,
  tryOutputFiles,
  writeOutputFiles,
} from "../../../../lib/commands/results/output_files.ts";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-"));
  await body(folder).finally(() => rm(folder, { recursive: true }));
}

describe("distinctNames()", () => {
  it("numbers names that are the same, also but for case and composition", () => {
    assert.deepEqual(distinctNames(["a", "b", "A", "a", "\u00e9", "e\u0301"]), [
      "a",
      "b",
      "A-2",
      "a-3",
      "\u00e9",
      "e\u0301-2",
    ]);
  });

  it("takes no name that another has by itself", () => {
    assert.deepEqual(distinctNames(["a", "a", "a-2"]), ["a", "a-3", "a-2"]);
  });

  it("cuts names between characters so that a result's fits into 255 bytes", () => {
    const [first, second] = distinctNames(Array(2).fill("語".repeat(90)));
    assert.equal(first, "語".repeat(83));
    assert.equal(second, `${"語".repeat(82)}-2`);
    assert.equal(distinctNames(["😀".repeat(99)])[0], "😀".repeat(62));
  });
});

describe("writeOutputFiles()", () => {
  it("writes files over those that are there, and leaves nothing else", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.txt"), "old");
      await writeOutputFiles(new Map([[join(folder, "a.txt"), "new"], [join(folder, "a.srt"), "1\n"]]));
      assert.deepEqual((await readdir(folder)).sort(), ["a.srt", "a.txt"]);
      assert.equal(await readFile(join(folder, "a.txt"), "utf8"), "new");
    }));

  it("takes its temporary files away when one cannot be written", () =>
    inFolder(async (folder) => {
      const texts = new Map([[join(folder, "a.txt"), "new"], [join(folder, "none", "a.srt"), "1\n"]]);
      await assert.rejects(writeOutputFiles(texts), /a\.srt": there is no such folder$/);
      assert.deepEqual(await readdir(folder), []);
    }));

  it("writes names as long as a file system takes", () =>
    inFolder(async (folder) => {
      const names = [`${"語".repeat(83)}.json`, `${"a".repeat(250)}.json`];
      await writeOutputFiles(new Map(names.map((name) => [join(folder, name), name])));
      assert.deepEqual((await readdir(folder)).sort(), names.sort());
    }));

  it("tells the first error, not that of tidying up", () =>
    inFolder(async (folder) => {
      const texts = new Map([[join(folder, `${"a".repeat(256)}.txt`), "new"]]);
      await assert.rejects(writeOutputFiles(texts), /: the name is too long$/);
    }));

  it("writes through symbolic links, also to a file that is not there yet", () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, "far"));
      await writeFile(join(folder, "far", "old.txt"), "old");
      await symlink(join("far", "old.txt"), join(folder, "a.txt"));
      await symlink(join("far", "new.txt"), join(folder, "b.txt"));
      const texts = new Map(["a", "b"].map((name) => [join(folder, `${name}.txt`), name]));
      await tryOutputFiles(texts.keys());
      await writeOutputFiles(texts);
      assert.equal(await readFile(join(folder, "far", "old.txt"), "utf8"), "a");
      assert.equal(await readFile(join(folder, "far", "new.txt"), "utf8"), "b");
      assert.ok((await lstat(join(folder, "a.txt"))).isSymbolicLink());
      await symlink("c.txt", join(folder, "c.txt"));
      await assert.rejects(writeOutputFiles(new Map([[join(folder, "c.txt"), "c"]])), OutputError);
    }));

  it("takes them away when one cannot get its name", () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, "a.txt"));
      await assert.rejects(writeOutputFiles(new Map([[join(folder, "a.txt"), "new"]])));
      assert.deepEqual(await readdir(folder), ["a.txt"]);
    }));
});

describe("tryOutputFiles()", () => {
  it("makes the folder, and leaves nothing in it", () =>
    inFolder(async (folder) => {
      await tryOutputFiles([join(folder, "x", "y", "a.txt")]);
      assert.deepEqual(await readdir(join(folder, "x", "y")), []);
    }));

  it("says why a file cannot be written", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "file"), "");
      await mkdir(join(folder, "a.txt"));
      await symlink(join("none", "b.txt"), join(folder, "b.txt"));
      for (
        const [path, reason] of [
          [join("file", "a.txt"), /a part of the path is a file|there is a file where a folder is wanted/],
          ["a.txt", /it is a folder, not a file/],
          ["b.txt", /there is no such folder/],
          [`${"a".repeat(256)}.txt`, /the name is too long/],
        ] as const
      ) {
        await assert.rejects(tryOutputFiles([join(folder, path)]), reason);
      }
      assert.deepEqual((await readdir(folder)).sort(), ["a.txt", "b.txt", "file"]);
    }));

  const isAllowed = process.platform === "win32"
    ? "Windows has no such modes"
    : process.getuid?.() === 0
    ? "root may write everywhere"
    : undefined;
  itNeeds(isAllowed, "refuses a folder and a file that are read-only", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.txt"), "", { mode: 0o444 });
      await assert.rejects(tryOutputFiles([join(folder, "a.txt")]), /permission denied/);
      await mkdir(join(folder, "b"), { mode: 0o555 });
      await assert.rejects(tryOutputFiles([join(folder, "b", "a.txt")]), /permission denied/);
    }));
});

describe("keepOutputFiles()", () => {
  it("keeps a result elsewhere when its place is gone, and says where", () =>
    inFolder(async (folder) => {
      const error = await keepOutputFiles(new Map([[join(folder, "none", "a.txt"), "text"]])).then(
        () => assert.fail("written"),
        (error: OutputError) => error,
      );
      const kept = /: there is no such folder\. They are in (.+)$/.exec(error.message)![1];
      assert.equal(await readFile(join(kept, "a.txt"), "utf8"), "text");
      await rm(kept, { recursive: true });
    }));
});

describe("OutputError", () => {
  it("says of a file that Windows does not let go of that it is open elsewhere", () => {
    const cause = Object.assign(new Error("EPERM: operation not permitted"), {
      code: "EPERM",
      syscall: "rename",
    });
    assert.match(new OutputError("talk.srt", cause, "win32").message, /another program has it open/);
    assert.match(new OutputError("talk.srt", cause, "linux").message, /permission denied/);
  });
});
