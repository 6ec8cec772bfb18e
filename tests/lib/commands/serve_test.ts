/** `sotto serve` as a program. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { command } from "../../../lib/commands/serve.ts";
import { UsageError } from "../../../lib/commands/command.ts";
import { describe, fixture, it, itNeeds } from "../../harness.ts";
import { fakeTerminal } from "./terminal/fake_terminal.ts";

const CLI = fileURLToPath(new URL("../../../lib/cli.ts", import.meta.url));
const PATH = "/v1/audio/transcriptions";

/** A program that serves. */
interface Program {
  readonly base: string;
  readonly child: ChildProcess;
  readonly exit: Promise<number | string | null>;
}

async function start(...flags: string[]): Promise<Program> {
  const runtime = "Deno" in globalThis ? ["run", "--allow-all", "--quiet"] : [];
  const child = spawn(process.execPath, [...runtime, CLI, "serve", "--port", "0", ...flags], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exit = new Promise<number | string | null>((resolve) =>
    child.on("exit", (code, signal) => resolve(code ?? signal))
  );
  const base = await new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      const found = /Listening on (\S+)\n/.exec(text);
      if (found) resolve(found[1]);
    });
    child.on("exit", () => reject(new Error("It ended before it listened")));
  });
  return { base, child, exit };
}

/** Asks for the text of a clip of 2.5 s. */
async function ask(base: string): Promise<string> {
  const bytes = new Uint8Array(await readFile(fixture("sense.wav"))).subarray(0, 44 + 2.5 * 32_000);
  const form = new FormData();
  form.append("file", new Blob([bytes]), "clip.wav");
  form.append("audioContext", "fit");
  const response = await fetch(base + PATH, { method: "POST", body: form });
  assert.equal(response.status, 200);
  return (await response.json() as { text: string }).text;
}

async function inside(base: string): Promise<number> {
  const text = await (await fetch(`${base}/metrics`)).text();
  return Number(/sotto_requests_inside (\d+)/.exec(text)![1]);
}

describe("sotto serve", () => {
  const noSignal = process.platform === "win32"
    ? "Windows has no SIGTERM: a process is ended at once"
    : undefined;
  itNeeds(noSignal, "brings all that it took in to its end at SIGTERM, and then ends well", async () => {
    const { base, child, exit } = await start("--model", fixture("tiny.en.pt"), "--preload");
    try {
      const answers = Array.from({ length: 6 }, () => ask(base));
      // While the model loads they wait; it is at work on them when the signal comes.
      while (await inside(base) < answers.length) await new Promise((resolve) => setTimeout(resolve, 10));
      // Deno says of a child that it was ended by what `kill` of its own sent, however it ended.
      process.kill(child.pid!, "SIGTERM");
      for (const text of await Promise.all(answers)) assert.match(text, /Mr\. John Dashwood/);
      assert.equal(await exit, 0);
      await assert.rejects(() => fetch(`${base}/health`));
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("wants a key, or to be told that none is meant, to listen beyond this machine", async () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.1", "127.evil.example"]) {
      await assert.rejects(
        () => command.run(["--host", host], fakeTerminal()),
        (error) => error instanceof UsageError && /SOTTO_API_KEY/.test(error.message),
      );
    }
  });

  it("wants the address of Redis and a folder to have its work done by others", async () => {
    const cases: readonly (readonly [flags: string[], message: RegExp])[] = [
      // What it meant once.
      [["--queue", "64"], /redis:\/\/.*--max_requests/s],
      [["--queue", "redis://queue:6379"], /--sound_folder/],
    ];
    for (const [flags, message] of cases) {
      await assert.rejects(
        () => command.run(flags, fakeTerminal()),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    }
  });

  it("says that the command line is wrong where an option is", async () => {
    await assert.rejects(
      () => command.run(["--concurrency", "0"], fakeTerminal()),
      (error) => error instanceof UsageError && /concurrency is 0, wanted/.test(error.message),
    );
  });

  it("refuses a model that is not there before it listens", async () => {
    const queue = ["--queue", "redis://127.0.0.1:1", "--sound_folder", "/sound"];
    for (
      const flags of [
        ["--model", "openai/whisper-base", "--model", fixture("tiny.en.pt"), "--model", "nosuch"],
        ["--model", "./missing.pt"],
        [...queue, "--live_model", "nosuch"],
      ]
    ) {
      const terminal = fakeTerminal({ signal: AbortSignal.timeout(1000) });
      await assert.rejects(
        () => command.run(["--port", "0", ...flags], terminal),
        (error) =>
          error instanceof UsageError && /^Cannot load model ".*(nosuch|missing)/.test(error.message),
      );
      assert.equal(terminal.written.out, "");
    }
  });

  it("loads no model where its work is done by others", async () => {
    const stop = new AbortController();
    const terminal = fakeTerminal({ signal: stop.signal });
    const flags = [
      "--port",
      "0",
      "--model",
      "small",
      "--queue",
      "redis://127.0.0.1:1",
      "--sound_folder",
      "/sound",
    ];
    const running = command.run(flags, terminal);
    while (terminal.written.out === "") await new Promise((resolve) => setTimeout(resolve, 5));
    const [, base] = /^Listening on (\S+)\n$/.exec(terminal.written.out)!;
    const { data } = await (await fetch(`${base}/v1/models`)).json() as { data: { id: string }[] };
    assert.deepEqual(data.map(({ id }) => id), ["whisper-1", "small"]);
    const live = await fetch(`${base}/v1/realtime`);
    assert.equal((await live.json() as { error: { code: string } }).error.code, "not_supported");
    stop.abort();
    assert.equal(await running, 0);
  });

  it("listens where it was told to until it is stopped", async () => {
    const stop = new AbortController();
    const terminal = fakeTerminal({ signal: stop.signal });
    const running = command.run(["--port", "0", "--model", "base", "--offline", "True"], terminal);
    while (terminal.written.out === "") await new Promise((resolve) => setTimeout(resolve, 5));
    const [, base] = /^Listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(terminal.written.out)!;
    const { data } = await (await fetch(`${base}/v1/models`)).json() as { data: { id: string }[] };
    assert.deepEqual(data.map(({ id }) => id), ["whisper-1", "base"]);
    stop.abort();
    assert.equal(await running, 0);
    const entry = JSON.parse(terminal.written.err.split("\n")[0]);
    assert.deepEqual([entry.event, entry.path, entry.status], ["request", "/v1/models", 200]);
  });
});
