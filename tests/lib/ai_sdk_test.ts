/** The provider in the AI SDK's own `transcribe`. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createSotto } from "../../lib/ai_sdk.ts";
import { describe, fixture, it, itNeeds } from "../harness.ts";
import { npmPackage } from "./http/npm_package.ts";

/** The last two of its major versions. */
const releases = [
  ["ai 6", await npmPackage("ai", "6.0.326", () => import("npm:ai@6.0.326"))],
  ["ai 7", await npmPackage("ai", "7.0.173", () => import("npm:ai@7.0.173"))],
] as const;

/** Sound of 2.5 s. */
async function clip(): Promise<Uint8Array> {
  return new Uint8Array(await readFile(fixture("sense.wav"))).subarray(0, 44 + 2.5 * 32_000);
}

const options = { transcribe: { audioContext: "fit" } } as const;

describe("the provider for the AI SDK", () => {
  for (const [name, ai] of releases) {
    itNeeds(
      ai.missing,
      `transcribes in ${name}, with segments, words and what the user should know`,
      async () => {
        await using sotto = createSotto(options);
        (globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;
        const result = await ai.module.experimental_transcribe({
          model: sotto(fixture("tiny.en.pt")),
          audio: await clip(),
          providerOptions: { sotto: { wordTimestamps: true } },
        });
        assert.match(result.text, /^Mr\. John Dashwood/);
        assert.deepEqual([result.language, result.durationInSeconds], ["en", 2.5]);
        assert.equal(result.segments.map(({ text }) => text).join(" "), result.text);
        const times = result.segments.flatMap(({ startSecond, endSecond }) => [startSecond, endSecond]);
        assert.ok(times.every((time) => time >= 0 && time <= 2.5), String(times));
        const { words } = result.providerMetadata.sotto as { words: { text: string; endSecond: number }[] };
        assert.equal(words.map(({ text }) => text).join(" "), result.text);
        // The header of the clip promises more than there is.
        assert.match(JSON.stringify(result.warnings), /damaged/);
      },
    );

    itNeeds(
      ai.missing,
      `throws in ${name} for a wrong option and for what is no recording, without trying again`,
      async () => {
        await using sotto = createSotto(options);
        const model = sotto.transcription(fixture("tiny.en.pt"));
        const ask = async (audio: Uint8Array, sotto: { [name: string]: string }) =>
          await ai.module.experimental_transcribe({ model, audio, providerOptions: { sotto } });
        await assert.rejects(
          async () => await ask(await clip(), { beam_size: "5" }),
          /did you mean "beamSize"/,
        );
        await assert.rejects(() => ask(new TextEncoder().encode("no sound"), {}), { code: "AUDIO_DECODE" });
      },
    );
  }

  it("refuses wrong options at once", () => {
    assert.throws(() => createSotto({ load: { device: "gpu" as "cpu" } }), { code: "INVALID_OPTION" });
    assert.throws(() => createSotto({ transcribe: { beam_size: 5 } as object }), /did you mean "beamSize"/);
    assert.throws(() => createSotto({ idleUnload: -1 }), RangeError);
    assert.throws(() => createSotto({ maxModel: 1 } as object), /did you mean "maxModels"/);
    assert.throws(() => createSotto()(undefined!), { code: "INVALID_INPUT" });
    createSotto({ idleUnload: null, load: { device: "cpu", precision: "int8" } });
  });

  it("loads nothing before it is asked to transcribe, and stops when it is told to", async () => {
    await using sotto = createSotto(options);
    const model = sotto("no-such-model");
    assert.deepEqual([model.modelId, model.provider, model.specificationVersion], [
      "no-such-model",
      "sotto",
      "v3",
    ]);
    const audio = await clip();
    const call = { audio, mediaType: "audio/wav" };
    await assert.rejects(() => model.doGenerate(call), { code: "MODEL_NOT_FOUND" });
    const abortSignal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(() => model.doGenerate({ ...call, abortSignal }), /enough/);
  });
});
