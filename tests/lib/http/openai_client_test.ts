/** OpenAI's own client against the server, with tiny.en behind it. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { loadModel } from "../../../mod.ts";
import { describe, fixture, itNeeds } from "../../harness.ts";
import { until } from "../../until.ts";
import { FakeModel } from "./fake_model.ts";
import { npmPackage } from "./npm_package.ts";
import { type Serving, whileServing } from "./serving.ts";

const { module, missing } = await npmPackage("openai", "6.49.0", () => import("npm:openai@6.49.0"));

/** Sound of 2.5 s, as a client has it. */
async function clip(): Promise<File> {
  const bytes = new Uint8Array(await readFile(fixture("sense.wav")));
  // The header's sizes are more than there is: of a file that was cut off, what is there is heard.
  return new File([bytes.subarray(0, 44 + 2.5 * 32_000)], "clip.wav");
}

function clientOf({ base }: Serving, apiKey = "none") {
  return new module.default({ baseURL: `${base}/v1`, apiKey, maxRetries: 0 });
}

/** What an error of the client says; where its types cannot be had, nothing is known of it. */
function told(error: unknown): { code?: string; param?: string; requestID?: string } {
  return error as { code?: string; param?: string; requestID?: string };
}

const SAID = /Mr\. John Dashwood/;

describe("the openai package", () => {
  itNeeds(missing, "transcribes in every format, with words, and streams", async () => {
    using model = await loadModel(fixture("tiny.en.pt"));
    const options = { models: { "tiny.en": model }, transcribe: { audioContext: "fit" as const } };
    await whileServing(options, async (serving) => {
      const { audio } = clientOf(serving);
      const file = await clip();
      const [json, text, srt, vtt, verbose, events] = await Promise.all([
        audio.transcriptions.create({ file, model: "whisper-1" }),
        audio.transcriptions.create({ file, model: "tiny.en", response_format: "text" }),
        audio.transcriptions.create({ file, model: "tiny.en", response_format: "srt" }),
        audio.transcriptions.create({ file, model: "tiny.en", response_format: "vtt" }),
        audio.transcriptions.create({
          file,
          model: "tiny.en",
          response_format: "verbose_json",
          timestamp_granularities: ["word", "segment"],
        }),
        audio.transcriptions.create({ file, model: "tiny.en", stream: true }),
      ]);
      assert.match(json.text, SAID);
      assert.deepEqual(json.usage, { type: "duration", seconds: 3 });
      assert.match(text as unknown as string, SAID);
      assert.match(srt as unknown as string, /^1\n00:00:00,000 --> 00:00:02,[\d]{3}\n/);
      assert.match(vtt as unknown as string, /^WEBVTT\n\n00:00\.000 --> /);
      assert.equal(verbose.language, "english");
      assert.match(verbose.words!.map(({ word }: { word: string }) => word).join(" "), SAID);
      assert.ok(verbose.segments![0].avg_logprob < 0);
      let deltas = "", done = "";
      for await (const event of events) {
        if (event.type === "transcript.text.delta") deltas += event.delta;
        if (event.type === "transcript.text.done") done = event.text;
      }
      assert.equal(deltas, done);
      assert.equal(done, json.text);
    });
  });

  itNeeds(missing, "translates", async () => {
    const model = new FakeModel();
    await whileServing({ models: { base: model } }, async (serving) => {
      const { audio } = clientOf(serving);
      const file = await clip();
      assert.equal((await audio.translations.create({ file, model: "whisper-1" })).text, "Hello world.");
      assert.equal(model.asked[0].options.task, "translate");
    });
  });

  itNeeds(missing, "throws its own errors for what is wrong", async () => {
    const { APIError, AuthenticationError, BadRequestError, NotFoundError } = module.default;
    await whileServing({ models: { base: new FakeModel() }, apiKeys: ["right"] }, async (serving) => {
      const { audio } = clientOf(serving, "right");
      const file = await clip();
      await assert.rejects(
        () => clientOf(serving, "wrong").audio.transcriptions.create({ file, model: "base" }),
        (error) => error instanceof AuthenticationError && told(error).code === "invalid_api_key",
      );
      await assert.rejects(
        () => audio.transcriptions.create({ file, model: "gpt-9" }),
        (error) =>
          error instanceof NotFoundError && told(error).param === "model" &&
          told(error).requestID!.startsWith("req_"),
      );
      await assert.rejects(
        () => audio.transcriptions.create({ file, model: "base", temperature: 3 }),
        (error) => error instanceof BadRequestError && told(error).param === "temperature",
      );
      assert.ok(BadRequestError.prototype instanceof APIError);
    });
  });

  itNeeds(missing, "throws what went wrong in the middle of a stream", async () => {
    const model = new FakeModel(() => ({
      texts: [" Hello", " world."],
      before(i) {
        if (i === 1) throw new Error("broken");
      },
    }));
    await whileServing({ models: { base: model } }, async (serving) => {
      const { audio } = clientOf(serving);
      const events = await audio.transcriptions.create({
        file: await clip(),
        model: "base",
        stream: true,
      });
      await assert.rejects(async () => {
        for await (const _event of events);
      }, module.default.APIError);
    });
  });

  itNeeds(missing, "stops the work when it aborts, and when it leaves a stream", async () => {
    const model = new FakeModel(() => ({
      texts: Array.from({ length: 1000 }, () => " a"),
      before: () => new Promise((resolve) => setTimeout(resolve, 5)),
    }));
    await whileServing({ models: { base: model } }, async (serving) => {
      const { audio } = clientOf(serving);
      const gone = new AbortController();
      const file = await clip();
      const answer = audio.transcriptions.create({ file, model: "base" }, { signal: gone.signal });
      await until(() => model.asked.length > 0);
      gone.abort();
      await assert.rejects(() => answer);
      for await (const _event of await audio.transcriptions.create({ file, model: "base", stream: true })) {
        break;
      }
      await until(() => model.stopped === 2);
    });
  });

  itNeeds(missing, "reads the models", async () => {
    await whileServing({ models: { base: new FakeModel() } }, async (serving) => {
      const ids: string[] = [];
      for await (const { id } of clientOf(serving).models.list()) ids.push(id);
      assert.deepEqual(ids, ["whisper-1", "base"]);
    });
  });
});
