import assert from "node:assert/strict";
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { decodeAudio } from "../../../../mod.ts";
import type { SoundReference } from "../../../../lib/queue/job.ts";
import { folderSoundOf } from "../../../../lib/queue/sound/folder_sound.ts";
import { openSound } from "../../../../lib/queue/sound/open_sound.ts";
import { SoundError, type SoundTrouble } from "../../../../lib/queue/sound/sound_error.ts";
import {
  type SoundOptions,
  type SoundSettings,
  soundSettings,
} from "../../../../lib/queue/sound/sound_options.ts";
import { describe, it, itNeeds } from "../../../harness.ts";
import { buildWav, bytes, int16 } from "../../audio/wav_builder.ts";
import { makeBytes, sha256Of, withFolder } from "../../checkpoint/download/download_fixture.ts";
import { type FaultReply, serveFaults } from "../../checkpoint/download/fault_server.ts";
import { KEYS, s3Options, serveS3 } from "./s3_server.ts";

const SOUND = makeBytes(300_000);

function settingsOf(options: SoundOptions): SoundSettings {
  return { ...soundSettings("work", options), tools: { lookup: () => Promise.resolve(["127.0.0.1"]) } };
}

async function fails(sound: SoundReference, settings: SoundSettings, code: SoundTrouble, message?: RegExp) {
  await assert.rejects(openSound(sound, settings), (error: SoundError) => {
    assert(error instanceof SoundError, String(error));
    assert.equal(error.code, code, error.message);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  });
}

/** Runs `body` with a temporary folder that nobody else writes to; gives it what tells what is in there. */
async function withOwnTemporaryFolder(body: (files: () => string[]) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = folder;
    try {
      await body(() => readdirSync(folder));
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
}

describe("openSound() of a file in the folder", () => {
  const settingsIn = (soundFolder: string) => settingsOf({ soundFolder });

  it("gives what has the SHA-256, and what transcribes it may read it more than once", async () => {
    await withFolder(async (folder) => {
      const file = buildWav(int16(0, 16384, -16384, 0));
      mkdirSync(join(folder, "2026"));
      writeFileSync(join(folder, "2026", "talk.wav"), file);
      const sound = await folderSoundOf(folder, join(folder, "2026", "talk.wav"));
      assert.deepEqual(sound, { kind: "folder", path: "2026/talk.wav", sha256: sha256Of(file) });
      await using open = await openSound(sound, settingsIn(folder));
      const heard = await decodeAudio(open.audio);
      assert.deepEqual(await decodeAudio(open.audio), heard);
      assert(heard.length > 0);
      assert.equal(open.size, file.length);
      await open.assertUnchanged();
    });
  });

  it("refuses what leads out of the folder, what is missing, what is no file, and another file", async () => {
    await withFolder(async (outside) => {
      const folder = join(outside, "sounds");
      mkdirSync(join(folder, "inner"), { recursive: true });
      writeFileSync(join(outside, "secret"), SOUND);
      writeFileSync(join(folder, "a.wav"), SOUND);
      const sha256 = sha256Of(SOUND);
      const settings = settingsIn(folder);
      const at = (path: string): SoundReference => ({ kind: "folder", path, sha256 });
      for (
        const path of [
          "../secret",
          "inner/../../secret",
          join(outside, "secret"),
          "",
          ".",
          "..",
          "./a.wav",
          "inner//a.wav",
          "a.wav/",
          "..\\secret",
          "C:secret",
          "a.wav\0.mp3",
          "inner",
        ]
      ) await fails(at(path), settings, "SOUND_FORBIDDEN");
      await fails(at("b.wav"), settings, "SOUND_MISSING", /no such file/);
      await fails(at("a.wav/b"), settings, "SOUND_MISSING");
      await fails(
        { ...at("a.wav"), sha256: "0".repeat(64) },
        settings,
        "SOUND_MISMATCH",
        /the job says 0{64}/,
      );
      await fails(at("a.wav"), settingsOf({}), "SOUND_FORBIDDEN", /has no folder/);
      await fails(at("a.wav"), settingsOf({ soundFolder: folder, maxSoundBytes: 1000 }), "SOUND_TOO_LARGE");
      await assert.rejects(folderSoundOf(folder, join(outside, "secret")), { code: "INVALID_INPUT" });
    });
  });

  it("follows links within the folder, and none out of it", async () => {
    await withFolder(async (outside) => {
      const folder = join(outside, "sounds");
      mkdirSync(folder);
      writeFileSync(join(outside, "secret"), SOUND);
      writeFileSync(join(folder, "a.wav"), SOUND);
      symlinkSync(join(outside, "secret"), join(folder, "link"));
      symlinkSync(outside, join(folder, "up"));
      symlinkSync("a.wav", join(folder, "inside"));
      const at = (path: string): SoundReference => ({ kind: "folder", path, sha256: sha256Of(SOUND) });
      for (const path of ["link", "up/secret"]) await fails(at(path), settingsIn(folder), "SOUND_FORBIDDEN");
      await using open = await openSound(at("inside"), settingsIn(folder));
      assert.equal(open.size, SOUND.length);
    });
  });

  itNeeds(
    process.platform === "win32" ? "Windows has no such pipes" : undefined,
    "does not wait for a pipe",
    async () => {
      const { execFileSync } = await import("node:child_process");
      await withFolder(async (folder) => {
        execFileSync("mkfifo", [join(folder, "pipe")]);
        const sound: SoundReference = { kind: "folder", path: "pipe", sha256: sha256Of(SOUND) };
        await fails(sound, settingsIn(folder), "SOUND_FORBIDDEN", /not a file/);
      });
    },
  );

  it("tells of a file that was written to while it was in use", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "a.wav");
      writeFileSync(path, SOUND);
      utimesSync(path, 1, 1);
      await using open = await openSound(await folderSoundOf(folder, path), settingsIn(folder));
      await open.assertUnchanged();
      await appendFile(path, "more");
      await assert.rejects(open.assertUnchanged(), { code: "SOUND_MISMATCH" });
    });
  });
});

describe("openSound() of an address", () => {
  const port = ({ base }: { base: string }) => new URL(base).port;
  const allowing = (server: { base: string }, more: SoundOptions = {}) =>
    settingsOf({
      allowedHosts: [`http://sound.test:${port(server)}`],
      allowedNetworks: ["127.0.0.0/8"],
      ...more,
    });
  const at = (
    server: { base: string },
    path = "/a.mp3?secret",
    sha256 = sha256Of(SOUND),
  ): SoundReference => ({
    kind: "url",
    url: `http://sound.test:${port(server)}${path}`,
    sha256,
  });

  it("fetches it into a file without a name, which is gone when it is disposed", async () => {
    const file = buildWav(int16(0, 16384, -16384, 0));
    await using server = await serveFaults(({ path }) =>
      path === "/moved" ? { status: 302, headers: { location: "/a" } } : { body: file }
    );
    await withOwnTemporaryFolder(async (files) => {
      const open = await openSound(at(server, "/moved", sha256Of(file).toUpperCase()), allowing(server));
      const heard = await decodeAudio(open.audio);
      assert.deepEqual(await decodeAudio(open.audio), heard);
      assert.equal(open.size, file.length);
      if (process.platform !== "win32") assert.deepEqual(files(), []);
      await open[Symbol.asyncDispose]();
      assert.deepEqual(files(), []);
    });
  });

  it("leaves nothing behind where it fails, and says what is worth another try", async () => {
    const answers: Record<string, FaultReply> = {
      "/other": { body: makeBytes(300_000, 2) },
      "/empty": {},
      "/cut": { body: SOUND, cutAfter: 100_000 },
      "/stall": { body: SOUND, stallAfter: 100_000 },
      "/slow": { body: SOUND, pace: { milliseconds: 60, block: 10_000 } },
      "/long": { body: SOUND, headers: { "content-length": "" } },
      "/said": { body: SOUND },
      "/gone": { status: 404 },
      "/denied": { status: 403 },
      "/busy": { status: 503 },
      "/away": { status: 302, headers: { location: "http://127.0.0.1/a" } },
    };
    await using server = await serveFaults(({ path }) => answers[path]);
    const hurried = { soundPatience: 0.3, soundTimeout: 1 };
    const expected: readonly (readonly [string, SoundTrouble, RegExp, SoundOptions?])[] = [
      ["/other", "SOUND_MISMATCH", /Cannot take http:\/\/sound\.test:\d+\/other: its SHA-256 is/],
      ["/empty", "SOUND_MISMATCH", /SHA-256/],
      ["/cut", "SOUND_UNREACHABLE", /Cannot reach/],
      ["/stall", "SOUND_UNREACHABLE", /nothing came/, hurried],
      ["/slow", "SOUND_UNREACHABLE", /longer than 1 s/, hurried],
      ["/long", "SOUND_TOO_LARGE", /more than 1000 bytes/, { maxSoundBytes: 1000 }],
      ["/said", "SOUND_TOO_LARGE", /more than 1000 bytes/, { maxSoundBytes: 1000 }],
      ["/gone", "SOUND_MISSING", /answered 404/],
      ["/denied", "SOUND_FORBIDDEN", /answered 403/],
      ["/busy", "SOUND_UNREACHABLE", /answered 503/],
      ["/away", "SOUND_FORBIDDEN", /not one of allowedHosts/],
    ];
    await withOwnTemporaryFolder(async (files) => {
      for (const [path, code, message, more] of expected) {
        await fails(at(server, path), allowing(server, more), code, message);
        assert.deepEqual(files(), [], path);
      }
    });
    await fails(at(server), settingsOf({}), "SOUND_FORBIDDEN", /^((?!secret).)*$/);
  });

  it("stops when it is told to", async () => {
    await using server = await serveFaults(() => ({ body: SOUND, stallAfter: 1000 }));
    const stop = new AbortController(), reason = new Error("cancelled");
    const opening = openSound(at(server), allowing(server), { signal: stop.signal });
    setTimeout(() => stop.abort(reason), 100);
    await assert.rejects(opening, (error) => error === reason);
  });
});

describe("openSound() of an object in S3-compatible storage", () => {
  const at = (key: string, bucket = "talks"): SoundReference => ({
    kind: "s3",
    bucket,
    key,
    sha256: sha256Of(SOUND),
  });

  it("signs its requests, and reads none but the buckets that a worker is told of", async () => {
    const key = "2026/ein Gespräch (1)+'*!&=~.mp3";
    const path = "/talks/2026/ein%20Gespr%C3%A4ch%20%281%29%2B%27%2A%21%26%3D~.mp3";
    await using server = await serveS3({
      [path]: SOUND,
      "/talks/a": SOUND,
      "/other/a": SOUND,
      "/talks/b": bytes(1),
    });
    const settings = settingsOf({ s3: s3Options(server) });
    await using open = await openSound(at(key), settings);
    assert.equal(open.size, SOUND.length);
    await fails(at("a", "other"), settings, "SOUND_FORBIDDEN", /bucket/);
    await fails(at("../other/a"), settings, "SOUND_FORBIDDEN", /no key/);
    await fails(at("a", "talks/../other"), settings, "SOUND_FORBIDDEN");
    await fails(at("c"), settings, "SOUND_MISSING");
    await fails(at("b"), settings, "SOUND_MISMATCH");
    await fails(at("a"), settingsOf({}), "SOUND_FORBIDDEN", /reads no S3/);
    const secretAccessKey = "wrong";
    const stranger = settingsOf({ s3: { ...s3Options(server), credentials: { ...KEYS, secretAccessKey } } });
    await fails(at("a"), stranger, "SOUND_FORBIDDEN", /answered 403/);
    const renewed = settingsOf({ s3: { ...s3Options(server), credentials: () => Promise.resolve(KEYS) } });
    await using again = await openSound(at("a"), renewed);
    assert.equal(again.size, SOUND.length);
  });
});

describe("soundSettings()", () => {
  it("refuses options that are wrong", () => {
    const s3 = { endpoint: "https://s3.example", buckets: ["talks"], credentials: KEYS };
    for (
      const options of [
        { soundFolder: "" },
        { allowedHosts: "media.example" },
        { allowedHosts: ["http://"] },
        { maxSoundBytes: 0 },
        { soundTimeout: -1 },
        { s3: { ...s3, endpoint: "s3.example" } },
        { s3: { ...s3, endpoint: "https://me:hush@s3.example" } },
        { s3: { ...s3, buckets: "talks" } },
        { s3: { ...s3, credentials: {} } },
      ]
    ) {
      assert.throws(
        () => soundSettings("work", options as SoundOptions),
        { code: "INVALID_OPTION" },
        JSON.stringify(options),
      );
    }
    assert.equal(soundSettings("work", { s3 }).s3?.region, "us-east-1");
  });
});
