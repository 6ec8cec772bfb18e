/** Workers that are killed again and again, and a Redis that is: nothing is lost, and nothing is done twice. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openQueue, type QueuedJob } from "../../../../lib/queue.ts";
import { describe, isEmulated, itNeeds } from "../../../harness.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "../../model/micro_checkpoint.ts";
import { missingForQueue } from "../queue_needs.ts";
import { RedisServer } from "../redis/redis_server.ts";
import { SoundFolder } from "../sound_folder.ts";

const CHILD = fileURLToPath(new URL("./worker_child.ts", import.meta.url));

const JOBS = isEmulated ? 30 : 200;
const WORKERS = 3;

/** Milliseconds between two kills. */
const KILL_EVERY = 2500;

/** Samples of the shortest recording, and by how many each one is longer: results are told apart by that. */
const SHORTEST = 4000;
const STEP = 160;
const RATE = 16_000;

/** A worker, and whether it takes jobs yet. */
interface Member {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  isReady: boolean;
}

/** Workers, as many as there are to be, however many are killed. */
class Fleet implements AsyncDisposable {
  readonly #args: readonly string[];
  readonly #env: Record<string, string | undefined>;
  readonly #members: Member[] = [];
  killed = 0;

  constructor(args: readonly string[], temporary: string) {
    this.#args = args;
    this.#env = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    for (let i = 0; i < WORKERS; i++) this.#members.push(this.#start());
  }

  #start(): Member {
    const runtime = "Deno" in globalThis ? ["run", "--allow-all", "--quiet", "--no-check"] : [];
    const child = spawn(process.execPath, [...runtime, CHILD, ...this.#args], {
      env: this.#env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ready = new Promise<void>((resolve) => child.stdout!.once("data", () => resolve()));
    const member = { child, ready, isReady: false };
    void ready.then(() => member.isReady = true);
    return member;
  }

  /** Resolves when a worker takes jobs. */
  async ready(): Promise<void> {
    await Promise.any(this.#members.map(({ ready }) => ready));
  }

  /** Kills one of those that take jobs, and puts another in its place: on a busy machine none would get that far. */
  async killOne(): Promise<void> {
    const ready = this.#members.filter(({ isReady }) => isReady);
    if (ready.length === 0) return;
    const member = ready[Math.floor(Math.random() * ready.length)];
    this.#members[this.#members.indexOf(member)] = this.#start();
    this.killed++;
    await end(member.child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map(({ child }) => end(child)));
  }
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.on("exit", resolve));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await gone;
}

describe("workers that are killed, and a Redis that is", () => {
  itNeeds(missingForQueue, `do all of ${JOBS} jobs but one that cannot be done, each once`, async () => {
    await using redis = await RedisServer.start();
    using folder = new SoundFolder();
    const temporary = mkdtempSync(join(tmpdir(), "sotto-fleet-"));
    const checkpoint = join(folder.path, "micro.pt");
    const { dims, ...layout } = MICRO_LAYOUTS.multilingual;
    writeFileSync(checkpoint, microCheckpoint({ ...layout, dims: { ...dims, nAudioCtx: 128 } }));
    mkdirSync(join(folder.path, "sound"));
    try {
      await using queue = await openQueue({ redis: redis.url });
      const jobs: QueuedJob[] = [];
      const transcribe = { language: "en", temperature: 0, sampleLen: 8 };
      const options = { model: "micro", transcribe, removeSound: true, attempts: 2, backoff: 0.1 };
      for (let i = 0; i < JOBS; i++) {
        jobs.push(await queue.enqueue(await folder.tone(`sound/${i}.wav`, SHORTEST + STEP * i), options));
      }
      const bad = await queue.enqueue(
        await folder.file("sound/bad.wav", new Uint8Array(1000).fill(65)),
        options,
      );
      await using fleet = new Fleet([redis.url, folder.path, checkpoint], temporary);
      await fleet.ready();
      const all = new Promise<void>((resolve, reject) => {
        void Promise.allSettled([...jobs, bad].map((job) => job.result())).then(() => resolve(), reject);
      });
      let isOver = false;
      void all.then(() => isOver = true);
      const restart = async () => {
        while (!isOver && (await queue.figures()).counts.completed < JOBS / 2) await wait(100);
        await redis.kill();
        await wait(300);
        await redis.run();
      };
      const kills = async () => {
        let before = 0;
        while (!isOver) {
          await Promise.race([wait(KILL_EVERY), all]);
          const done = await queue.figures().then(({ counts }) => counts.completed, () => before);
          // On a busy machine all would be killed before they have done anything.
          if (isOver || done === before) continue;
          before = done;
          await fleet.killOne();
        }
      };
      await Promise.all([all, restart(), kills()]);

      const results = await Promise.all(jobs.map((job) => job.result()));
      results.forEach(({ duration }, i) => assert.equal(duration, (SHORTEST + STEP * i) / RATE));
      await assert.rejects(bad.result(), { code: "AUDIO_DECODE" });
      const { counts, done, failed } = await queue.figures();
      const open = counts.waiting + counts.prioritized + counts.delayed + counts.active +
        counts["waiting-children"];
      assert.deepEqual([counts.completed, counts.failed, open], [JOBS, 1, 0]);
      // Each was brought to its end once: an end is counted in the same step of Redis that makes it one.
      assert.deepEqual([done, failed], [JOBS, 1]);
      assert.deepEqual((await queue.failed()).map(({ id, code }) => [id, code]), [[bad.id, "AUDIO_DECODE"]]);
      assert.ok(fleet.killed > 0, "no worker was killed");
      // What is left by who was killed between the end of a job and its tidying is removed by others.
      while (readdirSync(join(folder.path, "sound")).length > 0) await wait(200);
      assert.deepEqual(readdirSync(temporary).filter((name) => !name.startsWith("deno")), []);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
});
