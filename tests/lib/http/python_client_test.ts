/** OpenAI's client for Python against the server. */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import process from "node:process";
import { describe, fixture, itNeeds } from "../../harness.ts";
import { FakeModel } from "./fake_model.ts";
import { whileServing } from "./serving.ts";

/** A Python that has the package `openai`; another one is named by `SOTTO_TEST_PYTHON`. */
const PYTHON = process.env.SOTTO_TEST_PYTHON ?? "python3";
const { status } = spawnSync(PYTHON, ["-c", "import openai"], { stdio: "ignore" });
const missing = status === 0
  ? undefined
  : `${PYTHON} has no package openai (SOTTO_TEST_PYTHON names another)`;

const SCRIPT = `
import json, sys, openai
client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="right", max_retries=0)
def ask(api=client.audio.transcriptions, **options):
    with open(sys.argv[2], "rb") as file:
        return api.create(file=file, model="whisper-1", **options)
said = {"json": ask().text, "seconds": ask().usage.seconds}
for format in ("text", "srt", "vtt"):
    said[format] = ask(response_format=format)
verbose = ask(response_format="verbose_json", timestamp_granularities=["word", "segment"])
said["verbose"] = [verbose.language, verbose.duration, verbose.words[0].word, verbose.segments[1].text]
events = list(ask(stream=True))
said["deltas"] = "".join(e.delta for e in events if e.type == "transcript.text.delta")
said["done"] = events[-1].text
said["translated"] = ask(client.audio.translations).text
for name, call in {
    "wrong": lambda: ask(temperature=7),
    "unknown": lambda: client.audio.transcriptions.create(file=b"x", model="gpt-9"),
    "refused": lambda: client.with_options(api_key="wrong").models.list(),
}.items():
    try:
        call()
    except openai.APIStatusError as error:
        said[name] = [type(error).__name__, error.code]
print(json.dumps(said))
`;

describe("the Python package openai", () => {
  itNeeds(missing, "transcribes, translates, streams and fails as with OpenAI's server", async () => {
    await whileServing({ models: { base: new FakeModel() }, apiKeys: ["right"] }, async ({ base }) => {
      const output = await new Promise<string>((resolve, reject) => {
        const args = ["-c", SCRIPT, base, fixture("audio/formats/mono-16000.mp3")];
        execFile(PYTHON, args, (error, stdout, stderr) => {
          if (error) reject(new Error(stderr));
          else resolve(stdout);
        });
      });
      const { text, srt, vtt, ...said } = JSON.parse(output);
      assert.equal(text, "Hello world.\n");
      assert.match(srt, /^1\n00:00:00,000 --> /);
      assert.match(vtt, /^WEBVTT\n/);
      assert.deepEqual(said, {
        json: "Hello world.",
        seconds: 4,
        verbose: ["english", 3.4, "Hello", " world."],
        deltas: "Hello world.",
        done: "Hello world.",
        translated: "Hello world.",
        wrong: ["BadRequestError", "invalid_value"],
        unknown: ["NotFoundError", "model_not_found"],
        refused: ["AuthenticationError", "invalid_api_key"],
      });
    });
  });
});
