import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command as cache } from "../../../../lib/commands/models/cache.ts";
import { type Command, type Terminal, UsageError } from "../../../../lib/commands/command.ts";
import { command as download } from "../../../../lib/commands/models/download.ts";
import { command as models } from "../../../../lib/commands/models/models.ts";
import { command as prepare } from "../../../../lib/commands/models/prepare.ts";
import { command as remove } from "../../../../lib/commands/models/remove.ts";
import { command as verify } from "../../../../lib/commands/models/verify.ts";
import { availableModels, findModel, OFFICIAL_MODELS } from "../../../../lib/checkpoint/registry.ts";
import { describe, fixture, it } from "../../../harness.ts";
import { placeFile } from "../../../place_file.ts";
import { withFolder } from "../../checkpoint/download/download_fixture.ts";
import { fileReply, serveFaults } from "../../checkpoint/download/fault_server.ts";
import { MicroCache } from "../../loading/prepared/micro_cache.ts";

const TINY = fixture("tiny.en.pt");

/** How far something is: told wherever that takes some seconds, as on a busy machine. */
const PROGRESS = /^(?:Preparing|Verifying) .* of .*\n$/;

/** Runs a command, and gives its exit code and what it printed, but for lines of progress. */
async function run(
  command: Command,
  args: string[],
  terminal: Partial<Terminal> = {},
): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await command.run(args, {
    out: (text) => out += text,
    err: (text) => err += PROGRESS.test(text) ? "" : text,
    interactive: false,
    columns: 80,
    signal: new AbortController().signal,
    ...terminal,
  });
  return { code, out, err };
}

describe("sotto models", () => {
  it("lists all names with size and state", async () => {
    await withFolder(async (folder) => {
      placeFile(TINY, join(folder, "tiny.en.pt"));
      await writeFile(join(folder, `${findModel("base")!.sha256}.partial`), new Uint8Array(2_000_000));
      const { code, out } = await run(models, ["--model_dir", folder]);
      const rows = out.trimEnd().split("\n").map((line) => line.split(/\s{2,}/).map((cell) => cell.trim()));
      assert.equal(code, 0);
      assert.deepEqual(rows.slice(1).map(([name]) => name), availableModels());
      assert.deepEqual(rows[1], ["tiny.en", "76.0 MB", "yes"]);
      assert.deepEqual(rows[2], ["tiny", "76.0 MB", "no"]);
      assert.deepEqual(rows[4], ["base", "145 MB", "2.0 MB of it"]);
    });
  });
});

describe("sotto prepare", () => {
  it("prepares a model once; models lists that, and remove takes it away, alone or with the model", async () => {
    using cache = new MicroCache();
    await mkdir(cache.downloadRoot);
    placeFile(cache.checkpoint, join(cache.downloadRoot, "tiny.en.pt"));
    const official: { sha256: string } = OFFICIAL_MODELS[0];
    const { sha256 } = official;
    official.sha256 = cache.sha256;
    const folder = ["--model_dir", cache.downloadRoot];
    try {
      const first = await run(prepare, ["tiny.en", ...folder]);
      assert.deepEqual([first.code, first.err], [0, ""]);
      assert.match(first.out, /sotto.[0-9a-f]{64}-int8-/);
      const written = (await stat(first.out.trim())).mtimeMs;
      assert.equal((await run(prepare, ["tiny.en", ...folder])).out, first.out);
      assert.equal((await stat(first.out.trim())).mtimeMs, written);
      assert.match((await run(models, folder)).out, /tiny\.en .* yes, int8 prepared \([\d.]+ MB\)/);
      const { phases } = await cache.load({ alignmentHeads: [[0, 0]] });
      assert.deepEqual(phases, ["load"]);
      const preparedOnly = ["tiny.en", "--prepared_only", "True", ...folder];
      const file = join(cache.downloadRoot, "tiny.en.pt");
      const removed = (await run(remove, preparedOnly)).out;
      assert.ok(
        removed.startsWith(`${file}: prepared copy removed, `) && removed.endsWith(" MB freed\n"),
        removed,
      );
      assert.equal((await run(remove, preparedOnly)).out, `${file}: no prepared copy in the cache\n`);
      assert.deepEqual(await readdir(cache.downloadRoot), ["sotto", "tiny.en.pt"]);
      assert.deepEqual(cache.names(), []);
      await run(prepare, ["tiny.en", "--precision", "float32", ...folder]);
      await run(remove, ["tiny.en", ...folder]);
      assert.deepEqual([await readdir(cache.downloadRoot), cache.names()], [["sotto"], []]);
    } finally {
      official.sha256 = sha256;
    }
  });

  it("says why a model cannot be kept", async () => {
    using cache = new MicroCache();
    await mkdir(cache.downloadRoot);
    placeFile(cache.checkpoint, join(cache.downloadRoot, "tiny.en.pt"));
    await writeFile(join(cache.downloadRoot, "sotto"), "in the way");
    const official: { sha256: string } = OFFICIAL_MODELS[0];
    const { sha256 } = official;
    official.sha256 = cache.sha256;
    try {
      const { code, err } = await run(prepare, ["tiny.en", "--model_dir", cache.downloadRoot]);
      assert.equal(code, 1);
      assert.match(err, /^Cannot prepare tiny\.en: /);
    } finally {
      official.sha256 = sha256;
    }
  });
});

describe("sotto download", () => {
  for (const interactive of [true, false]) {
    const where = interactive ? "on a terminal" : "to a file";
    it(`says ${where} while it waits that it will try again, and when`, async () => {
      const checkpoint = await readFile(TINY);
      let err = "", shown: string | undefined;
      await using server = await serveFaults((request) => {
        if (err === "" || !err.includes("503")) return { status: 503 };
        shown ??= err;
        return fileReply(request, checkpoint);
      });
      await withFolder(async (folder) => {
        const args = ["tiny.en", "--model_dir", folder, "--mirror", server.base];
        const { code } = await run(download, args, { interactive, err: (text) => void (err += text) });
        assert.equal(code, 0, err);
        assert.match(shown!, /503.*\. Trying again in 1 s \(1 of 5\)\n/);
      });
    });
  }

  it("downloads from a mirror, shows a bar on a terminal, and prints the path", async () => {
    const checkpoint = await readFile(TINY);
    await using server = await serveFaults((request) => fileReply(request, checkpoint));
    await withFolder(async (folder) => {
      const args = ["tiny.en", "--model_dir", folder, "--mirror", server.base];
      const { code, out, err } = await run(download, args, { interactive: true });
      assert.equal(code, 0, err);
      assert.equal(out, `${join(folder, "tiny.en.pt")}\n`);
      assert.match(err, /Downloading tiny\.en \[/);
      assert.ok(err.endsWith("\r\x1b[K"), "the bar is wiped");
      assert.deepEqual(await readdir(folder), ["tiny.en.pt"]);
    });
  });

  it("goes on with the next name after a failure, and says so in the exit code", async () => {
    await using server = await serveFaults(() => ({ status: 404 }));
    await withFolder(async (folder) => {
      const args = ["tiny", "base", "--model_dir", folder, "--mirror", server.base];
      const { code, err } = await run(download, args);
      assert.equal(code, 1);
      assert.match(err, /tiny\.pt: the server answered 404.*\n.*base\.pt: the server answered 404/);
    });
  });

  it("throws the reason of an interruption", async () => {
    await withFolder(async (folder) => {
      const signal = AbortSignal.abort(new Error("Ctrl-C"));
      await assert.rejects(run(download, ["tiny", "--model_dir", folder], { signal }), /Ctrl-C/);
    });
  });

  it("knows official names only", async () => {
    await assert.rejects(run(download, []), UsageError);
    await assert.rejects(run(download, ["huge"]), /There is no model "huge"; the names are tiny\.en, /);
    await assert.rejects(run(download, ["tiny", "--fast"]), UsageError);
  });
});

describe("sotto verify", () => {
  it("tells right from wrong and missing", async () => {
    await withFolder(async (folder) => {
      const empty = await run(verify, ["--model_dir", folder]);
      assert.deepEqual(empty, { code: 0, out: `${folder}: no model is in the cache\n`, err: "" });
      placeFile(TINY, join(folder, "tiny.en.pt"));
      const right = await run(verify, ["--model_dir", folder]);
      assert.deepEqual(right, { code: 0, out: `${join(folder, "tiny.en.pt")}: OK\n`, err: "" });
      await writeFile(join(folder, "large-v3.pt"), "wrong");
      const wrong = await run(verify, ["--model_dir", folder]);
      assert.equal(wrong.code, 1);
      assert.match(wrong.out, /tiny\.en\.pt: OK\n.*large-v3\.pt: wrong: its SHA-256 is /);
      const missing = await run(verify, ["base", "--model_dir", folder]);
      assert.equal(missing.code, 1);
      assert.match(missing.out, /base\.pt: missing/);
    });
  });
});

describe("sotto remove", () => {
  it("removes the file and all that a download leaves, and no other model", async () => {
    await withFolder(async (folder) => {
      const { sha256 } = findModel("base")!;
      const left = [
        "base.pt",
        "base.pt.receipt",
        `${sha256}.partial`,
        `${sha256}.partial.etag`,
        `${sha256}.lock`,
      ];
      for (const name of [...left, "base.en.pt"]) await writeFile(join(folder, name), "12345");
      const { code, out } = await run(remove, ["base", "tiny", "--model_dir", folder]);
      assert.equal(code, 0);
      assert.match(out, /base\.pt: removed, 25 B freed\n.*tiny\.pt: not in the cache\n/);
      assert.deepEqual(await readdir(folder), ["base.en.pt"]);
    });
  });
});

describe("sotto cache", () => {
  it("prints the folder", async () => {
    assert.equal((await run(cache, ["dir", "--model_dir", "/some/where"])).out, "/some/where\n");
    for (const words of [[], ["dir"]]) assert.match((await run(cache, words)).out, /whisper\n$/);
    await assert.rejects(run(cache, ["nonsense"]), UsageError);
  });
});
