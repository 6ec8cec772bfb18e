/** The examples, run as their first lines tell. */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, fixture, it, itNeeds } from "../harness.ts";
import { buildWav } from "../lib/audio/wav_builder.ts";
import { huggingFaceFiles } from "../lib/loading/hugging_face_files.ts";
import { installJsrPackage } from "../package/jsr_package.ts";

const EXAMPLES = fileURLToPath(new URL("../../scripts/examples", import.meta.url));
const isDeno = "Deno" in globalThis;
const MODEL = fixture("tiny.en.pt");
const SAID = /Mr\. John Dashwood/;

/** The first 2.5 s of the reading, 16-bit mono at 16 kHz. */
const pcm = readFileSync(fixture("sense.wav")).subarray(44, 44 + 80_000);

const folder = mkdtempSync(join(tmpdir(), "sotto-examples-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "talk.wav"), buildWav(pcm));
if (!isDeno) {
  // A project into which the package was installed; Bun takes what a program imports from beside it.
  installJsrPackage(folder);
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith(".ts"))) {
    copyFileSync(join(EXAMPLES, file), join(folder, file));
  }
}

/** Starts an example; what it needs beyond its arguments are variables. */
function start(
  name: string,
  args: readonly string[],
  { env = {}, how = ["run", "--quiet"] }: { env?: object; how?: readonly string[] } = {},
): ChildProcessWithoutNullStreams {
  const file = join(isDeno ? EXAMPLES : folder, name);
  const runtime = isDeno ? [...how, "--allow-all"] : [];
  return spawn(process.execPath, [...runtime, file, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
}

/** Runs an example to its end; gives what it prints. */
async function run(
  name: string,
  args: readonly string[],
  input: Uint8Array = new Uint8Array(),
): Promise<string> {
  const child = start(name, args);
  child.stdin.end(input);
  const { code, out, err } = await endOf(child);
  assert.equal(code, 0, err);
  return out;
}

/** How an example ends that may fail. */
async function endOf(
  child: ChildProcessWithoutNullStreams,
): Promise<{ code: unknown; out: string; err: string }> {
  const ended = new Promise((resolve) => child.on("close", (code, signal) => resolve(code ?? signal)));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, err };
}

describe("the examples", () => {
  it("tell what they want where they are given nothing, before they load a model", async () => {
    const names = [
      "fine_tuned",
      "karaoke",
      "phone_call",
      "subtitle_video",
      "transcribe_folder",
      "voice_note",
    ];
    for (const name of isDeno ? names : [...names, "bun_server"]) {
      const { code, out, err } = await endOf(start(`${name}.ts`, [], { env: { SOTTO_API_KEY: "" } }));
      assert.deepEqual([code, out], [2, ""], name);
      assert.match(err, new RegExp(`^Usage: .*${name}\\.ts .*\n$`));
    }
  });

  it("subtitle a video", async () => {
    copyFileSync(fixture("audio/formats/video.mp4"), join(folder, "film.mp4"));
    assert.match(await run("subtitle_video.ts", ["film.mp4", MODEL]), /^\d+ sentences in film\.srt/);
    assert.match(readFileSync(join(folder, "film.srt"), "utf8"), /^1\n00:00:0\d,\d+ --> 00:00:0\d,\d+\n\w/);
  });

  it("transcribe a folder, and pass over what is done", async () => {
    const recordings = join(folder, "recordings");
    mkdirSync(recordings);
    for (const name of ["done.wav", "new.wav"]) writeFileSync(join(recordings, name), buildWav(pcm));
    writeFileSync(join(recordings, "done.wav.txt"), "as it was");
    assert.match(await run("transcribe_folder.ts", [recordings, MODEL]), /1 of 1\n.*new\.wav: \d of \d s/);
    assert.match(readFileSync(join(recordings, "new.wav.txt"), "utf8"), SAID);
    assert.equal(readFileSync(join(recordings, "done.wav.txt"), "utf8"), "as it was");
  });

  it("tell which recording of a folder fails, do the others, and say so in the exit code", async () => {
    const recordings = join(folder, "one bad");
    mkdirSync(recordings);
    writeFileSync(join(recordings, "empty.wav"), "");
    writeFileSync(join(recordings, "good.wav"), buildWav(pcm));
    const { code, err } = await endOf(start("transcribe_folder.ts", [recordings, MODEL]));
    assert.equal(code, 1, err);
    assert.match(err, /^.*empty\.wav: Cannot .*\n$/);
    assert.match(readFileSync(join(recordings, "good.wav.txt"), "utf8"), SAID);
  });

  itNeeds(
    process.platform === "win32" ? "Windows has no SIGINT to send" : undefined,
    "end with a line at Ctrl-C in a folder",
    async () => {
      const recordings = join(folder, "stopped");
      mkdirSync(recordings);
      copyFileSync(fixture("sense.wav"), join(recordings, "long.wav"));
      const child = start("transcribe_folder.ts", [recordings, MODEL]);
      // Deno says of a child that it was ended by what `kill` of its own sent, however it ended.
      child.stdout.once("data", () => process.kill(child.pid!, "SIGINT"));
      const { code, err } = await endOf(child);
      assert.deepEqual([code, err], [130, "Stopped. Started again, it goes on from here.\n"]);
    },
  );

  it("write karaoke", async () => {
    assert.match(await run("karaoke.ts", ["talk.wav", MODEL]), /^WEBVTT[^]*<u>Dashwood<\/u>/);
  });

  itNeeds(
    isDeno ? "the others do that on Deno" : undefined,
    "run in a clone, with nothing installed",
    async () => {
      const child = spawn(process.execPath, [join(EXAMPLES, "karaoke.ts"), "talk.wav", "none"], {
        cwd: folder,
      });
      assert.match(await text(child.stderr), /Cannot load model "none"/);
    },
  );

  it("tell the sides of a phone call apart", async () => {
    // One speaks first, and the other when he has ended.
    const samples = new Int16Array(new Uint8Array(pcm).buffer);
    const call = new Int16Array(4 * samples.length);
    samples.forEach((value, i) => {
      call[2 * i] = value;
      call[2 * (samples.length + i) + 1] = value;
    });
    writeFileSync(join(folder, "call.wav"), buildWav(new Uint8Array(call.buffer), { channels: 2 }));
    const lines = (await run("phone_call.ts", ["call.wav", MODEL])).trim().split("\n");
    assert.deepEqual(lines.map((line) => /Agent|Customer/.exec(line)?.[0]), ["Agent", "Customer"]);
    for (const line of lines) assert.match(line, SAID);
  });

  it("answer a voice note, and what is none", async () => {
    const note = fixture("audio/formats/stereo.opus");
    assert.match(await run("voice_note.ts", [note, MODEL]), /John Dashwood/);
    writeFileSync(join(folder, "note.ogg"), "no sound at all");
    assert.equal(await run("voice_note.ts", ["note.ogg", MODEL]), "That is no recording I can open.\n");
  });

  it("caption a microphone", async () => {
    assert.match(await run("live_captions.ts", [MODEL], pcm), SAID);
  });

  it("load a fine-tuned model", async () => {
    const tuned = join(folder, "tuned");
    mkdirSync(tuned);
    for (const [name, content] of Object.entries(await huggingFaceFiles(MODEL))) {
      writeFileSync(join(tuned, name), content instanceof Uint8Array ? content : JSON.stringify(content));
    }
    assert.match(
      await run("fine_tuned.ts", [tuned, "talk.wav"]),
      /^99 languages, 4 layers\nen: Mr\. John Dashwood/,
    );
  });

  itNeeds(isDeno ? "it is Bun's server" : undefined, "serve those who have a key", async () => {
    const child = start("bun_server.ts", [MODEL], { env: { SOTTO_API_KEY: "secret", PORT: "0" } });
    try {
      const url = await addressOf(child.stdout);
      const models = (headers: HeadersInit) => fetch(new URL("v1/models", url), { headers });
      assert.equal((await models({})).status, 401);
      assert.equal((await models({ authorization: "Bearer secret" })).status, 200);
    } finally {
      child.kill();
    }
  });

  itNeeds(isDeno ? undefined : "Hono is not installed there", "mount the API in a Hono app", async () => {
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    const how = ["serve", `--config=${config}`, "--host=127.0.0.1", "--port=0"];
    const child = start("hono_app.ts", [], { env: { MODEL }, how });
    try {
      const url = await addressOf(child.stderr);
      assert.match(await (await fetch(url)).text(), /POST a recording/);
      const form = new FormData();
      form.set("file", new File([buildWav(pcm)], "talk.wav"));
      form.set("model", "whisper-1");
      const response = await fetch(new URL("v1/audio/transcriptions", url), { method: "POST", body: form });
      assert.match((await response.json()).text, SAID);
    } finally {
      child.kill();
    }
  });
});

/** Where a server says that it listens. */
async function addressOf(output: AsyncIterable<unknown>): Promise<string> {
  let said = "";
  for await (const chunk of output) {
    said += chunk;
    const url = /http:\/\/\S+/.exec(said)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`The server ended: ${said}`);
}
