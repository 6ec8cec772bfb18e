/** What people read when Deno denies something: the flag that is missing, and not what else could be wrong. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { openLibrary } from "../ffi/library.ts";
import { missingPermission } from "../ffi/permission.ts";
import { describe, fixture, it, itNeeds } from "./harness.ts";

const notDeno = "Deno" in globalThis ? undefined : "only Deno has permissions";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Runs lines of TypeScript in a Deno with these flags, and gives the name and the message of what they throw. */
function failureOf(flags: readonly string[], body: string, variables: NodeJS.ProcessEnv = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "sotto-test-"));
  try {
    const script = join(folder, "script.ts");
    writeFileSync(
      script,
      `import { loadModel } from ${JSON.stringify(new URL("../mod.ts", import.meta.url).href)};
import { decodeAudio } from ${JSON.stringify(new URL("../lib/audio/decode.ts", import.meta.url).href)};
try {
  ${body}
} catch (error) {
  console.log(error.name + ": " + error.message);
}`,
    );
    // Deno looks for a program before it asks whether it may run it.
    const ffmpeg = process.platform === "win32" ? "ffmpeg.exe" : "ffmpeg";
    writeFileSync(join(folder, ffmpeg), "", { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, ...variables };
    const args = ["run", "--quiet", "--no-prompt", `--config=${ROOT}deno.json`, ...flags, script];
    return execFileSync(process.execPath, args, {
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("a missing permission", () => {
  const load = `await loadModel(${JSON.stringify(fixture("no-model.pt"))});`;
  const url = `await decodeAudio(new URL("http://127.0.0.1:9999/a.wav"));`;
  const download = `await loadModel(new URL("http://127.0.0.1:9999/a.pt"), { verify: "never", downloadRoot: ${
    JSON.stringify(join(tmpdir(), "sotto-no-cache"))
  } });`;
  const ac3 = `await decodeAudio(Uint8Array.of(0x0b, 0x77));`;
  const mxf = `await decodeAudio(Uint8Array.of(6, 14, 43, 52));`;

  for (
    const [flags, body, wanted] of [
      ["--allow-env --allow-read", load, /^LibraryLoadError: .*--allow-ffi is missing/],
      ["--allow-ffi --allow-env", load, /^LibraryLoadError: .*--allow-read is missing/],
      [
        "--allow-ffi --allow-read",
        load,
        /^LibraryLoadError: .*--allow-env is missing \(for "ORT_DYLIB_PATH"\)/,
      ],
      [
        "--allow-ffi --allow-read --allow-env",
        download,
        /^DownloadError: Cannot store .*--allow-write is missing/,
      ],
      [
        "--allow-ffi --allow-read --allow-env --allow-write",
        download,
        /^DownloadError: .*--allow-net is missing \(for "127\.0\.0\.1:9999"\)/,
      ],
      [
        "--allow-env",
        `await decodeAudio("a.wav");`,
        /^AudioDecodeError: .*--allow-read is missing \(for "a\.wav"\)/,
      ],
      ["--allow-env", url, /^AudioDecodeError: .*--allow-net is missing \(for "127\.0\.0\.1:9999"\)/],
      [
        "--allow-env",
        ac3,
        /^AudioDecodeError: .*an AC-3 file.*--allow-run is missing \(for "ffmpeg(?:\.exe)?"\)/,
      ],
      ["--allow-run", ac3, /^AudioDecodeError: .*an AC-3 file.*--allow-env is missing/],
      ["--allow-env --allow-run", mxf, /^AudioDecodeError: .*a file.*--allow-write is missing/],
    ] as const
  ) {
    itNeeds(notDeno, `is named by its flag, with ${flags} for ${body.slice(0, 40)}`, () => {
      const printed = failureOf(flags.split(" "), body);
      assert.match(printed, wanted);
      assert.match(printed, /run Deno again with that flag\n$/);
      assert.doesNotMatch(printed, /Install|install|mirror|folder/);
    });
  }

  itNeeds(notDeno, "is named by its flag where no variable tells the home folder", () => {
    const variables = { HOME: "", USERPROFILE: "", XDG_CACHE_HOME: "" };
    const printed = failureOf(
      ["--allow-ffi", "--allow-read", "--allow-env"],
      `await loadModel("base");`,
      variables,
    );
    assert.match(
      printed,
      /^Error: Cannot find the home folder, .*--allow-sys is missing \(for "homedir"\): run Deno again with that flag\n$/,
    );
  });

  it("is told from every other error", () => {
    const denied = new Error('Requires sys access to "homedir", run again with the --allow-sys flag');
    denied.name = "NotCapable";
    const sentence = 'the permission --allow-sys is missing (for "homedir"): run Deno again with that flag';
    assert.equal(missingPermission(denied), sentence);
    assert.equal(missingPermission(new Error("Cannot open", { cause: denied })), sentence);
    assert.equal(missingPermission(new Error("no, --allow-read is not the matter")), undefined);
    assert.equal(missingPermission("NotCapable"), undefined);
  });
});

describe("the narrowest permissions of the README", () => {
  /** What the command line needs for a local model, by flag; `--allow-read` also for ONNX Runtime's file. */
  async function narrowest(folder: string): Promise<Map<string, string>> {
    const { path } = await openLibrary();
    const read = [dirname(fixture("sense.wav")), dirname(path), folder];
    return new Map([
      ["--allow-ffi", ""],
      ["--allow-read", `=${read.join(",")}`],
      ["--allow-env", "=HOME,USERPROFILE,XDG_CACHE_HOME,ORT_DYLIB_PATH,SOTTO_MIRROR,SOTTO_OFFLINE"],
      ["--allow-write", `=${folder}`],
    ]);
  }

  /** Runs the command line on a recording with these flags. */
  function transcribe(flags: ReadonlyMap<string, string>, folder: string, recording = "sense.wav") {
    const args = ["run", "--no-prompt", "--quiet", `--config=${ROOT}deno.json`];
    args.push(
      ...Array.from(flags, ([flag, narrow]) => flag + narrow),
      `${ROOT}lib/cli.ts`,
      fixture(recording),
    );
    args.push("--model", fixture("tiny.en.pt"), "--output_dir", folder, "--output_format", "txt");
    args.push("--clip_timestamps", "0,4", "--fp16", "False");
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    return { status, stdout, stderr };
  }

  async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), "sotto-narrow-"));
    try {
      await use(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  itNeeds(notDeno, "are enough to transcribe", async () => {
    await inFolder(async (folder) => {
      const { status, stderr } = transcribe(await narrowest(folder), folder);
      assert.deepEqual([status, /--allow/.test(stderr)], [0, false], stderr);
      assert.match(readFileSync(join(folder, "sense.txt"), "utf8"), /\w/);
    });
  });

  for (const left of ["--allow-ffi", "--allow-read", "--allow-env", "--allow-write"]) {
    itNeeds(
      notDeno,
      `are missed one by one: without ${left} the error names it, and nothing else`,
      async () => {
        await inFolder(async (folder) => {
          const flags = await narrowest(folder);
          flags.delete(left);
          const { status, stderr } = transcribe(flags, folder);
          assert.notEqual(status, 0);
          assert.match(stderr, new RegExp(`${left} is missing.*run Deno again with that flag`));
          assert.doesNotMatch(stderr, /\n\s+at /, "no stack trace");
        });
      },
    );
  }
});
