import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join, relative } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { ModelNotFoundError } from "../../../lib/errors.ts";
import { locateCheckpoint } from "../../../lib/loading/locate_checkpoint.ts";
import { describe, fixture, it, itNeeds } from "../../harness.ts";
import { placeFile } from "../../place_file.ts";

const TINY = fixture("tiny.en.pt");
const NO_NETWORK = { offline: true, verify: "never" } as const;

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-"));
  await body(folder).finally(() => rm(folder, { recursive: true }));
}

/** Says what the error of a name advises. */
async function adviceFor(name: string): Promise<string> {
  try {
    await locateCheckpoint(name, NO_NETWORK);
  } catch (error) {
    assert.ok(error instanceof ModelNotFoundError, String(error));
    assert.equal(error.model, name);
    return /\); (.*)$/.exec(error.message)?.[1] ?? "";
  }
  return assert.fail(`found ${name}`);
}

describe("locateCheckpoint()", () => {
  it("takes an official name in any case, and that of OpenAI's repository", () =>
    inFolder(async (downloadRoot) => {
      placeFile(TINY, join(downloadRoot, "tiny.en.pt"));
      for (const name of ["tiny.en", "Tiny.EN", " tiny.en", "openai/whisper-tiny.en"]) {
        const { path, alignmentHeads } = await locateCheckpoint(name, { ...NO_NETWORK, downloadRoot });
        assert.equal(path, join(downloadRoot, "tiny.en.pt"), name);
        assert.equal(alignmentHeads?.length, 8);
      }
      await writeFile(join(downloadRoot, "large-v1.pt"), "");
      const { path } = await locateCheckpoint("openai/whisper-large", { ...NO_NETWORK, downloadRoot });
      assert.equal(path, join(downloadRoot, "large-v1.pt"));
    }));

  it("takes what is there for a path before it understands a name", () =>
    inFolder(async (folder) => {
      const path = join(relative(process.cwd(), folder), "TINY.EN");
      await writeFile(path, "");
      assert.deepEqual(await locateCheckpoint(path, NO_NETWORK), { path, cached: false });
    }));

  it("takes a file:// address as text", async () => {
    assert.deepEqual(await locateCheckpoint(pathToFileURL(TINY).href, NO_NETWORK), {
      path: TINY,
      cached: false,
    });
  });

  const fromHome = relative(homedir(), TINY);
  // What lies on another drive is not reached from there.
  const outside = fromHome.startsWith("..") || isAbsolute(fromHome)
    ? "the clone is not in the home folder"
    : undefined;
  itNeeds(outside, "looks for ~ in the home folder", async () => {
    assert.deepEqual(await locateCheckpoint(`~/${fromHome}`, NO_NETWORK), {
      path: TINY,
      cached: false,
    });
  });

  it("finds the files of a repository in the cache of the hub", () =>
    inFolder(async (folder) => {
      const repository = join(folder, "models--openai--whisper-tiny");
      const [first, second] = ["1234", "5678"].map((revision) => join(repository, "snapshots", revision));
      await mkdir(join(repository, "snapshots"), { recursive: true });
      await assert.rejects(
        locateCheckpoint(repository, NO_NETWORK),
        /no snapshot, so its download was not finished/,
      );
      await mkdir(first);
      assert.deepEqual(await locateCheckpoint(repository, NO_NETWORK), { path: first, cached: false });
      await mkdir(second);
      await assert.rejects(
        locateCheckpoint(repository, NO_NETWORK),
        /several snapshots; give the path of one: .*1234/,
      );
      await mkdir(join(repository, "refs"));
      await writeFile(join(repository, "refs", "main"), "5678\n");
      assert.deepEqual(await locateCheckpoint(repository, NO_NETWORK), { path: second, cached: false });
    }));

  it("says what to write instead of a name that is none", async () => {
    assert.equal(await adviceFor("base.pt"), `OpenAI's model is called "base"`);
    assert.equal(await adviceFor("/models/LARGE-v3.pt"), `OpenAI's model is called "large-v3"`);
    assert.equal(await adviceFor("bsae"), 'did you mean "base"?');
    assert.equal(await adviceFor("large_v3"), 'did you mean "large-v3"?');
    assert.equal(await adviceFor("whisper-small"), 'did you mean "small"?');
    assert.match(await adviceFor("Systran/faster-whisper-base"), /a repository is not downloaded/);
    assert.doesNotMatch(await adviceFor("./nomodel.pt"), /repository/);
    assert.match(await adviceFor("https://host/model.pt"), /pass a URL object/);
    assert.equal(await adviceFor("nonsense"), "");
    assert.equal(await adviceFor(""), "");
    if (process.platform !== "win32") {
      assert.match(await adviceFor("C:\\models\\mine.bin"), /separated by \//);
    }
  });
});
