/** `sotto worker`, `sotto submit` and `sotto queue` with a Redis of their own and a small model. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { main } from "../../../../lib/cli.ts";
import { openQueue } from "../../../../lib/queue.ts";
import { describe, fixture, it, itNeeds } from "../../../harness.ts";
import { missingForQueue } from "../../queue/queue_needs.ts";
import { freePort, RedisServer } from "../../queue/redis/redis_server.ts";
import { SoundFolder } from "../../queue/sound_folder.ts";
import { fakeTerminal } from "../terminal/fake_terminal.ts";

const CLI = fileURLToPath(new URL("../../../../lib/cli.ts", import.meta.url));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = fakeTerminal();
  const code = await main(args, terminal);
  return { code, ...terminal.written };
}

/** A program that works until it is told to stop. */
async function startWorker(
  ...flags: string[]
): Promise<{ stop(): Promise<{ code: number | string | null; log: string }> }> {
  const runtime = "Deno" in globalThis ? ["run", "--allow-all", "--quiet", "--no-check"] : [];
  const child = spawn(process.execPath, [...runtime, CLI, "worker", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => log += text);
  const gone = new Promise<number | string | null>((resolve) =>
    child.on("exit", (code, signal) => resolve(code ?? signal))
  );
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    void gone.then(() => reject(new Error(`The worker ended: ${log}`)));
  });
  return {
    async stop() {
      // Deno's own `child.kill` would have the child ended by the signal, whatever it does with it.
      process.kill(child.pid!, "SIGTERM");
      return { code: await gone, log };
    },
  };
}

describe("the commands of the queue", () => {
  itNeeds(missingForQueue, "send files, do them, write the results, and end well at SIGTERM", async () => {
    await using redis = await RedisServer.start();
    using folder = new SoundFolder();
    const output = mkdtempSync(join(tmpdir(), "sotto-results-"));
    try {
      const inside = join(folder.path, "sense.wav"), elsewhere = join(output, "talk.wav");
      for (const path of [inside, elsewhere]) copyFileSync(fixture("sense.wav"), path);
      // Another recording, by a byte that is no sound.
      writeFileSync(elsewhere, Uint8Array.of(0, 0), { flag: "a" });
      const place = ["--redis", redis.url, "--sound_folder", folder.path];
      const worker = await startWorker(...place, "--model", fixture("tiny.en.pt"));
      const flags = [
        ...place,
        "--wait",
        "--format",
        "srt",
        "-o",
        output,
        "--beam_size",
        "None",
        "--clip_timestamps",
        "0,3",
      ];
      const sent = await run("submit", inside, elsewhere, join(output, "none.wav"), ...flags);
      assert.equal(sent.code, 1);
      assert.match(sent.err, /none\.wav/);
      assert.deepEqual(sent.out.split("\n").map((line) => line.slice(66)), [inside, elsewhere, ""]);
      for (const name of ["sense.srt", "talk.srt"]) {
        assert.match(
          readFileSync(join(output, name), "utf8"),
          /^1\n00:00:00,000 --> [\s\S]*Mr\. John Dashwood/,
        );
      }
      // The second time nothing is left to do.
      assert.equal((await run("submit", inside, ...flags)).code, 0);
      const status = await run("queue", "status", "--redis", redis.url);
      assert.match(status.out, /Workers: +1\n/);
      assert.match(status.out, /Done: +2,/);
      const { code, log } = await worker.stop();
      assert.equal(code, 0, log);
      const events = log.trim().split("\n").map((line) => JSON.parse(line).event);
      assert.deepEqual(events.filter((event) => event === "job done").length, 2);
      // The copy of what lay elsewhere is gone.
      assert.deepEqual(readdirSync(join(folder.path, "submitted")), []);
      assert.ok(existsSync(inside));
    } finally {
      rmSync(output, { recursive: true, force: true });
    }
  });

  itNeeds(missingForQueue, "cancel what waits, and clean away what has ended", async () => {
    await using redis = await RedisServer.start();
    using folder = new SoundFolder();
    await folder.tone("tone.wav", 4000);
    const { out } = await run(
      "submit",
      join(folder.path, "tone.wav"),
      "--redis",
      redis.url,
      "--sound_folder",
      folder.path,
      "--priority",
      "3",
    );
    const [id] = out.split(" ");
    assert.match((await run("queue", "--redis", redis.url)).out, /Waiting: +1, the oldest for 0:0/);
    assert.equal((await run("queue", "status", id, "--redis", redis.url)).out, `${id}: prioritized\n`);
    assert.deepEqual(await run("queue", "cancel", id, "--redis", redis.url), {
      code: 0,
      out: `${id}: cancelled\n`,
      err: "",
    });
    assert.equal((await run("queue", "cancel", id, "--redis", redis.url)).code, 1);
    assert.equal((await run("queue", "retry", id, "--redis", redis.url)).code, 1);
    assert.equal((await run("queue", "clean", "--redis", redis.url)).out, "0 jobs removed\n");
    await using queue = await openQueue({ redis: redis.url });
    assert.equal(await queue.state(id), "unknown");
  });

  it("say what is missing", async () => {
    const cases: readonly (readonly [RegExp, ...string[]])[] = [
      [/no --model was given/, "worker"],
      [/^Cannot load model "nosuch"/, "worker", "--model", "tiny", "--model", "nosuch"],
      [/no file was given/, "submit"],
      [/wanted one of status, retry, cancel, clean/, "queue", "destroy"],
      [/which job\?/, "queue", "cancel"],
    ];
    for (const [message, ...args] of cases) {
      const { code, err } = await run(...args);
      assert.equal(code, 2);
      assert.match(err, message);
    }
  });

  it("find what is wrong with a job before Redis is asked", async () => {
    // Nobody answers there: who asks it says so.
    const place = ["--redis", "redis://127.0.0.1:1", "--connect_timeout", "0.1", "--sound_folder", "."];
    const cases: readonly (readonly [RegExp, ...string[]])[] = [
      [/--length_penalty is 3, wanted/, "talk.wav", "--length_penalty", "3"],
      [/--priority is -1, wanted/, "talk.wav", "--priority", "-1"],
      [/--backoff is -5, wanted/, "talk.wav", "--backoff", "-5"],
      [/--keep is -1, wanted/, "talk.wav", "--keep", "-1"],
      [/--max_chars_per_second is -2, wanted/, "talk.wav", "--wait", "--max_chars_per_second", "-2"],
      [/wanted #sha256=/, "talk.wav", "https://media.example.org/talk.wav"],
    ];
    for (const [message, ...args] of cases) {
      const { code, out, err } = await run("submit", ...args, ...place);
      assert.deepEqual([code, out], [2, ""], err);
      assert.match(err, message);
    }
    const { code, err } = await run("submit", "talk.wav", ...place.slice(0, -2));
    assert.deepEqual([code, /wanted --sound_folder/.test(err)], [2, true], err);
  });

  itNeeds(missingForQueue, "say that Redis is not there", async () => {
    const redis = `redis://127.0.0.1:${await freePort()}`;
    const { code, err } = await run("queue", "status", "--redis", redis, "--connect_timeout", "0.5");
    assert.equal(code, 1);
    assert.match(err, /^Cannot use the queue on Redis at redis:\/\/127\.0\.0\.1:\d+: it cannot be reached/);
  });
});
