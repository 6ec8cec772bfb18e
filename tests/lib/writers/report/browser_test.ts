/** The page of a transcription in a browser, opened from a file, without a network. */
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { measureWaveform } from "../../../../mod.ts";
import { toHtml } from "../../../../lib/writers/format_transcription.ts";
import { describe, fixture, itNeeds } from "../../../harness.ts";
import { accessibilityFindings, missing, type Page, startBrowser } from "../../http/page/browser.ts";
import { HOSTILE, RESULT } from "./report_fixture.ts";

const NAME = "sense #1 & 100%.wav";

/** Writes the page beside its recording and opens it; what goes wrong in it, or asks for more than files, is a fault. */
async function withPage(use: (page: Page, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-report-"));
  const browser = await startBrowser(fixture("sense.wav"));
  try {
    await copyFile(fixture("sense.wav"), join(folder, NAME));
    const options = { name: HOSTILE, waveform: await measureWaveform(fixture("sense.wav")) };
    await writeFile(
      join(folder, "sense.html"),
      toHtml(RESULT, { ...options, recording: encodeURIComponent(NAME) }),
    );
    await writeFile(join(folder, "alone.html"), toHtml(RESULT, { ...options, recording: "gone.mp3" }));
    const page = await browser.newPage({ reducedMotion: "reduce", viewport: { width: 375, height: 640 } });
    page.setDefaultTimeout(60_000);
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !/ERR_FILE_NOT_FOUND/.test(message.text())) {
        faults.push(message.text());
      }
    });
    page.on("dialog", (dialog) => faults.push(dialog.message()));
    page.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) faults.push(request.url());
    });
    await page.goto(pathToFileURL(join(folder, "sense.html")).href);
    await use(page, folder);
    assert.deepEqual(faults, []);
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
}

const time = (page: Page) => page.evaluate(() => document.querySelector("audio")!.currentTime);

/** Lets a word last sixteen times as long, so that a busy machine sees it too. */
const slowDown = (page: Page) =>
  page.evaluate(() => {
    document.querySelector("audio")!.playbackRate = 1 / 16;
  });

/** Waits until a word is lit. */
const lit = (page: Page, word: string) =>
  page.waitForFunction((word) => document.querySelector(".is-spoken")?.textContent === word, word);

describe("the page of a transcription in a browser", () => {
  itNeeds(
    missing,
    "is played from its file: words light up, a click or a key winds, and all can reach it",
    () =>
      withPage(async (page, folder) => {
        await page.waitForSelector("#player", { state: "visible" });
        assert.ok(await page.isHidden("#choice"));
        assert.deepEqual(await accessibilityFindings(page), []);
        await page.emulateMedia({ colorScheme: "dark" });
        assert.deepEqual(await accessibilityFindings(page, ["color-contrast"]), []);
        // On a phone nothing stands out at the side.
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);

        await slowDown(page);
        await page.click("text=morning,");
        await lit(page, "morning,");
        assert.equal(await page.locator(".segment[aria-current]:nth-child(1)").count(), 1);
        assert.ok(await time(page) >= 1.5);
        await page.evaluate(() => {
          document.querySelector("audio")!.currentTime = 2;
        });
        await lit(page, "Ann.");
        await page.click("#play[aria-label=Pause]");
        await page.waitForSelector("#play[aria-label=Play]");
        assert.equal(await page.locator(".is-spoken").count(), 0);
        await page.focus("#waveform");
        await page.keyboard.press("End");
        assert.match(
          (await page.getAttribute("#waveform", "aria-valuetext"))!,
          /^2\d seconds of 27 seconds$/,
        );
        await page.focus(".segment:nth-child(2) .segment__time");
        await page.keyboard.press("Enter");
        await page.waitForSelector(".segment:nth-child(2)[aria-current]");
        await page.click(".row:nth-of-type(2) .row__track");
        await page.waitForFunction(() => document.querySelector("audio")!.currentTime >= 10);
        await page.waitForSelector(".row:nth-of-type(2) .row__line", { state: "attached" });

        // Without its recording it asks for it.
        await page.goto(pathToFileURL(join(folder, "alone.html")).href);
        await page.waitForSelector("#choice", { state: "visible" });
        assert.match((await page.textContent("#choice-reason"))!, /^gone\.mp3 is not beside this page/);
        assert.deepEqual(await accessibilityFindings(page), []);
        await page.click("text=morning,");
        assert.equal(await page.evaluate(() => document.activeElement?.id), "file");
        assert.equal(await page.locator(".is-spoken").count(), 0);
        await page.setInputFiles("#file", join(folder, NAME));
        await page.waitForSelector("#player", { state: "visible" });
        await slowDown(page);
        await page.click("text=morning,");
        await lit(page, "morning,");
      }),
  );
});
