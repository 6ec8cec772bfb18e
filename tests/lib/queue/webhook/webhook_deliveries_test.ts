/** Webhooks of jobs, on a Redis of the tests' own. */
import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import {
  createWorker,
  openQueue,
  verifyWebhook,
  type WorkerLogEntry,
  type WorkerOptions,
} from "../../../../lib/queue.ts";
import { describe, itNeeds } from "../../../harness.ts";
import { FakeModel } from "../../http/fake_model.ts";
import { missingForQueue } from "../queue_needs.ts";
import { RedisServer } from "../redis/redis_server.ts";
import { SoundFolder } from "../sound_folder.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** What came. */
interface Told {
  readonly headers: Headers;
  readonly body: string;
}

/** A receiver on loopback that answers with one status after the other, the last again and again. */
async function receive(...statuses: number[]) {
  const told: Told[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text) => body += text).on("end", () => {
      told.push({ headers: new Headers(request.headers as Record<string, string>), body });
      response.writeHead(statuses[Math.min(told.length, statuses.length) - 1]).end();
      for (const { count, resolve } of waiting) if (told.length >= count) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    told,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    /** Waits for so many. */
    of: (count: number) =>
      new Promise<void>((resolve) => told.length >= count ? resolve() : waiting.push({ count, resolve })),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

describe("the webhook of a job", () => {
  const workerOf = (
    redis: RedisServer,
    folder: SoundFolder,
    url: string,
    more: Partial<WorkerOptions> = {},
  ) =>
    createWorker({
      redis: redis.url,
      models: { base: new FakeModel() },
      soundFolder: folder.path,
      allowedHosts: [new URL(url).origin],
      allowedNetworks: ["127.0.0.0/8"],
      webhookSecrets: { default: SECRET, other: "another secret, long enough" },
      ...more,
    });

  itNeeds(missingForQueue, "tells of its end, signed, and again where the receiver was away", async () => {
    await using redis = await RedisServer.start();
    using folder = new SoundFolder();
    await using receiver = await receive(503, 204);
    await using worker = workerOf(redis, folder, receiver.url);
    await using queue = await openQueue({ redis: redis.url });
    await worker.ready;
    const job = await queue.enqueue(await folder.tone("a.wav", 4000), { webhook: { url: receiver.url } });
    const result = await job.result();
    await receiver.of(2);
    const [first, second] = receiver.told;
    assert.equal(first.headers.get("webhook-id"), second.headers.get("webhook-id"));
    await verifyWebhook(second.headers, second.body, { secret: SECRET });
    const { type, data } = JSON.parse(second.body);
    assert.equal(type, "transcription.completed");
    assert.deepEqual([data.id, data.text, data.segments], [job.id, result.text, result.segments]);

    const missing = { kind: "folder", path: "b.wav", sha256: "0".repeat(64) } as const;
    const failing = await queue.enqueue(missing, { webhook: { url: receiver.url, secretName: "other" } });
    await assert.rejects(failing.result(), { code: "SOUND_MISSING" });
    await receiver.of(3);
    await verifyWebhook(receiver.told[2].headers, receiver.told[2].body, {
      secret: "another secret, long enough",
    });
    const failed = JSON.parse(receiver.told[2].body);
    assert.deepEqual([failed.type, failed.data.id, failed.data.error.code], [
      "transcription.failed",
      failing.id,
      "SOUND_MISSING",
    ]);
  });

  itNeeds(
    missingForQueue,
    "tells of the end of another try, though of the first nobody wanted to hear",
    async () => {
      await using redis = await RedisServer.start();
      using folder = new SoundFolder();
      await using receiver = await receive(400, 204);
      const refused = Promise.withResolvers<void>();
      const onLog = ({ event }: WorkerLogEntry) => void (event === "webhook not sent" && refused.resolve());
      await using worker = workerOf(redis, folder, receiver.url, { onLog });
      await using queue = await openQueue({ redis: redis.url });
      await worker.ready;
      const sound = await folder.tone("a.wav", 4000);
      renameSync(join(folder.path, "a.wav"), join(folder.path, "b.wav"));
      const job = await queue.enqueue(sound, { webhook: { url: receiver.url } });
      await assert.rejects(job.result(), { code: "SOUND_MISSING" });
      await refused.promise;
      renameSync(join(folder.path, "b.wav"), join(folder.path, "a.wav"));
      assert(await queue.retry(job.id));
      await job.result();
      await receiver.of(2);
      const types = receiver.told.map(({ body }) => JSON.parse(body).type);
      assert.deepEqual(types, ["transcription.failed", "transcription.completed"]);
    },
  );

  itNeeds(missingForQueue, "goes nowhere that is not allowed, and says so", async () => {
    await using redis = await RedisServer.start();
    using folder = new SoundFolder();
    await using receiver = await receive(204);
    const log: WorkerLogEntry[] = [];
    const logged = Promise.withResolvers<WorkerLogEntry>();
    const onLog = (entry: WorkerLogEntry) => {
      log.push(entry);
      if (entry.event === "webhook not sent") logged.resolve(entry);
    };
    await using worker = workerOf(redis, folder, receiver.url, { allowedNetworks: [], onLog });
    await using queue = await openQueue({ redis: redis.url });
    await worker.ready;
    const job = await queue.enqueue(await folder.tone("a.wav", 4000), { webhook: { url: receiver.url } });
    assert.equal((await job.result()).text, " Hello world.");
    const { job: id, error } = await logged.promise;
    assert.equal(id, job.id);
    assert.match(error!, /not one of allowedNetworks/);
    assert.equal(receiver.told.length, 0);
  });
});
