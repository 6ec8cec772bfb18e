/** The page in a browser: what is told to the server, seen, heard, corrected and taken along. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel } from "../../../../mod.ts";
import { encodeWav } from "../../../../lib/http/page/client/sound/wav.js";
import { describe, fixture, itNeeds } from "../../../harness.ts";
import { FakeModel } from "../fake_model.ts";
import { whileServing } from "../serving.ts";
import { accessibilityFindings, missing, type Page, startBrowser } from "./browser.ts";

/** Milliseconds that something on the page may take, while the machine has other work. */
const PATIENCE = 30_000;

/** Seconds of the clip. */
const CLIP = 3.5;

/** What a story has to do with. */
interface Scene {
  /** The page, just opened. */
  readonly page: Page;
  /** A recording of speech. */
  readonly clip: string;
  /** A server that wants a key. */
  readonly guarded: string;
  /** Lets the made-up model go on. */
  readonly goOn: () => void;
}

async function send(page: Page, file: Parameters<Page["setInputFiles"]>[1], model: string): Promise<void> {
  await page.setInputFiles("#file", file);
  await page.selectOption("#model", model);
  await page.click("#submit");
}

async function isDone(page: Page): Promise<void> {
  await page.waitForSelector("#files", { state: "visible" });
}

async function download(page: Page, format: string): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(`[data-format=${format}]`)]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

async function assertAccessible(page: Page): Promise<void> {
  assert.deepEqual(await accessibilityFindings(page), []);
  await page.emulateMedia({ colorScheme: "dark" });
  // Another theme has other colours, and nothing else.
  assert.deepEqual(await accessibilityFindings(page, ["color-contrast"]), []);
  await page.emulateMedia({ colorScheme: "light" });
}

const STORIES: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async "sends a file and shows the text, its words and where speech is"({ page, clip }) {
    await assertAccessible(page);
    await send(page, clip, "tiny.en");
    await isDone(page);
    assert.match((await page.textContent("#segments"))!, /Mr\. John Dashwood/);
    assert.match((await page.textContent("#facts"))!, /^English · \d+ words$/);
    assert.ok((await page.locator(".segment__text span").allTextContents()).includes("Dashwood"));
    assert.equal(await page.getAttribute("#segments", "lang"), "en");
    assert.match((await page.textContent("#status"))!, /^Done\./);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "transcript-title");
  },

  async "shows how far the work is, segment by segment"({ page, clip, goOn }) {
    await send(page, clip, "slow");
    await page.waitForSelector("#progress", { state: "visible" });
    assert.ok(await page.isHidden("#form"));
    goOn();
    await page.waitForSelector(".segment:nth-child(1)");
    await page.waitForFunction(() => /Transcribed 0:01 of 0:03/.test(document.body.innerText));
    assert.equal(await page.locator(".segment").count(), 1);
    await assertAccessible(page);
    goOn();
    await isDone(page);
    assert.ok(await page.isHidden("#progress"));
    assert.deepEqual(await page.locator(".segment__text").allTextContents(), ["Hello", "world."]);
  },

  async "plays from the segment that is clicked, lights the word, and winds by keys"({ page, clip }) {
    await send(page, clip, "fast");
    await isDone(page);
    await page.click(".segment:nth-child(2) .segment__text");
    await page.waitForSelector(".segment[aria-current] .is-spoken");
    assert.equal(await page.textContent(".is-spoken"), "world.");
    const time = () => page.evaluate(() => document.querySelector("audio")!.currentTime);
    assert.ok(await time() >= 2);
    await page.click("#play[aria-label=Pause]");
    await page.waitForSelector("#play[aria-label=Play]");
    assert.equal(await page.locator(".is-spoken").count(), 0);
    await page.focus("#waveform");
    await page.keyboard.press("Home");
    assert.equal(await time(), 0);
    assert.equal(await page.getAttribute("#waveform", "aria-valuetext"), "0 seconds of 3 seconds");
    assert.match((await page.textContent(".segment[aria-current]"))!, /Hello/);
  },

  async "takes corrections in place and gives them in every file"({ page, clip }) {
    await send(page, clip, "fast");
    await isDone(page);
    // By keys alone.
    await page.focus(".segment:nth-child(2) .segment__edit");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("wide World.");
    await assertAccessible(page);
    await page.keyboard.press("Enter");
    assert.equal(await page.textContent(".segment:nth-child(2) .segment__text"), "wide World.");
    assert.ok(await page.evaluate(() => document.activeElement?.matches(".segment__edit")));
    await page.keyboard.press("Enter");
    await page.keyboard.type("nonsense");
    await page.keyboard.press("Escape");
    const { name, text } = await download(page, "srt");
    assert.equal(name, "clip.srt");
    assert.equal(
      text,
      "1\n00:00:00,000 --> 00:00:01,500\nHello\n\n2\n00:00:02,000 --> 00:00:03,500\nwide World.\n\n",
    );
    assert.equal((await download(page, "txt")).text, "Hello\nwide World.\n");
    assert.match((await download(page, "vtt")).text, /^WEBVTT\n\n00:00\.000 --> /);
    const { text: whole, segments, duration } = JSON.parse((await download(page, "json")).text);
    assert.deepEqual([whole, segments[1].corrected, duration], ["Hello wide World.", true, 3.4]);
    assert.deepEqual(segments[1].words.map(({ word }: { word: string }) => word), ["wide", "World."]);
  },

  async "says what is wrong with a file that is no recording, and takes another"({ page, clip }) {
    const notes = {
      name: "notes.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("There is no sound in here."),
    };
    await send(page, notes, "tiny.en");
    await page.waitForSelector("[role=alert]", { state: "visible" });
    assert.match((await page.textContent("[role=alert]"))!, /^Cannot decode the file: it looks like text/);
    await assertAccessible(page);
    await page.click("#replace");
    assert.ok(await page.isHidden("[role=alert]"));
    await send(page, clip, "fast");
    await isDone(page);
  },

  async "takes a file that is dropped, and stops the work when it is cancelled"({ page }) {
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([new Uint8Array(100)], "dropped.ogg"));
      document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
    });
    assert.equal(await page.textContent("#file-name"), "dropped.ogg");
    await page.selectOption("#model", "slow");
    await page.click("#submit");
    await page.click("#cancel");
    await page.waitForSelector("#form", { state: "visible" });
    assert.ok(await page.isHidden("#progress"));
    assert.ok(await page.isHidden("[role=alert]"));
  },

  async "asks for the key that a server wants, and keeps nothing else"({ page, clip, guarded }) {
    await page.goto(guarded);
    await send(page, clip, "fast");
    await page.waitForSelector("[role=alert]", { state: "visible" });
    assert.match((await page.textContent("[role=alert]"))!, /^The API key is missing/);
    assert.ok(await page.evaluate(() => document.activeElement?.matches("#key")));
    await assertAccessible(page);
    await page.keyboard.type("secret");
    await page.keyboard.press("Enter");
    await isDone(page);
    const kept = await page.evaluate(() => [{ ...sessionStorage }, { ...localStorage }, document.cookie]);
    assert.deepEqual(kept, [{ "sotto-api-key": "secret" }, {}, ""]);
    await page.reload();
    assert.equal(await page.inputValue("#key"), "secret");
  },

  async "records from the microphone"({ page }) {
    await page.click("#record");
    await page.waitForSelector("#recording", { state: "visible" });
    await page.waitForFunction(() => {
      const { transform } = document.querySelector<HTMLElement>("#level span")!.style;
      return Number(/[\d.]+/.exec(transform)) > 0.3;
    });
    await page.waitForTimeout(1000 * CLIP);
    await assertAccessible(page);
    await page.click("#stop-recording");
    // The recorder gives what it has a moment after it is stopped.
    await page.waitForFunction(() => document.querySelector("#file-name")!.textContent !== "");
    assert.match((await page.textContent("#file-name"))!, /^Recording .*\.webm$/);
    await page.waitForSelector("#player", { state: "visible" });
    await page.selectOption("#model", "tiny.en");
    await page.click("#submit");
    await isDone(page);
    assert.match((await page.textContent("#segments"))!, /John|Dashwood|leisure/);
    assert.match((await page.textContent("#duration"))!, /^\d:(0[3-9]|[1-5]\d)$/);
  },
};

/** Speech, as a file. */
async function writeClip(folder: string): Promise<string> {
  const { buffer } = new Uint8Array(await readFile(fixture("sense.wav")));
  const samples = Float32Array.from(new Int16Array(buffer, 44, CLIP * 16_000), (sample) => sample / 32_768);
  const clip = join(folder, "clip.wav");
  await writeFile(clip, encodeWav(samples, 16_000));
  return clip;
}

/** Opens the page and plays a story, in which nothing else goes wrong and nobody else is asked. */
async function play(page: Page, base: string, story: () => Promise<void>): Promise<void> {
  const faults: string[] = [];
  page.removeAllListeners();
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    // What the server refuses is in the browser's log too.
    if (message.type() === "error" && !/ 40[01] /.test(message.text())) faults.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:\d+\/|blob:|data:)/.test(request.url())) faults.push(request.url());
  });
  await page.goto(base);
  await story();
  assert.deepEqual(faults, []);
}

/** Plays all stories in one browser, and keeps what went wrong in each. */
async function playAll(): Promise<Map<string, unknown>> {
  const faults = new Map<string, unknown>();
  const folder = await mkdtemp(join(tmpdir(), "sotto-page-"));
  const clip = await writeClip(folder);
  using model = await loadModel(fixture("tiny.en.pt"));
  let goOn = () => {};
  const slow = new FakeModel(() => ({
    texts: [" Hello", " world."],
    before: (_index, signal) =>
      new Promise((resolve) => {
        goOn = resolve;
        signal.addEventListener("abort", () => resolve());
      }),
  }));
  const models = { "tiny.en": model, fast: new FakeModel(), slow };
  const keyed = { models: { fast: models.fast }, apiKeys: ["secret"] };
  const browser = await startBrowser(clip);
  // One page after another in one tab: a process for each is most of the work.
  const page = await browser.newPage({ reducedMotion: "reduce", viewport: { width: 640, height: 480 } });
  page.setDefaultTimeout(PATIENCE);
  const scene = { page, clip, goOn: () => goOn() };
  try {
    await whileServing(
      { models, transcribe: { audioContext: "fit" } },
      ({ base }) =>
        whileServing(keyed, async ({ base: guarded }) => {
          for (const [name, story] of Object.entries(STORIES)) {
            try {
              await play(page, base, () => story({ ...scene, guarded }));
            } catch (fault) {
              faults.set(name, fault);
            }
          }
        }),
    );
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
  return faults;
}

let played: Promise<Map<string, unknown>> | undefined;

describe("the page in a browser", () => {
  for (const name of Object.keys(STORIES)) {
    itNeeds(missing, name, async () => {
      const faults = await (played ??= playAll());
      if (faults.has(name)) throw faults.get(name);
    });
  }
});
