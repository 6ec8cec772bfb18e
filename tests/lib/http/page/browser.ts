/** Chromium, and what tests need to drive it. */
import { existsSync } from "node:fs";
import { npmPackage } from "../npm_package.ts";

const playwright = await npmPackage(
  "playwright-core",
  "1.65.1",
  () => import("npm:playwright-core@1.65.1"),
);
const axe = await npmPackage("axe-core", "4.14.1", () => import("npm:axe-core@4.14.1"));

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = PLACES.find((place) => existsSync(place));

/** Why no browser can be driven, if so. */
export const missing: string | undefined = playwright.missing ?? axe.missing ??
  (executablePath === undefined ? "chromium is not installed" : undefined);

/** A browser whose microphone hears a WAV file. */
export async function startBrowser(heard: string) {
  const args = [
    // As root there is no sandbox; the pages are our own.
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-audio-capture=${heard}`,
    // Frames nobody sees are drawn by the processor that the tests need.
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
  ];
  return await playwright.module.chromium.launch({ executablePath, args });
}

/** A page of such a browser. */
export type Page = Awaited<ReturnType<Awaited<ReturnType<typeof startBrowser>>["newPage"]>>;

/**
 * What the automated check of accessibility finds, in a sentence each.
 *
 * @param rules What is checked. Default: all there is.
 */
export async function accessibilityFindings(page: Page, rules?: string[]): Promise<string[]> {
  const { source } = ("default" in axe.module ? axe.module.default : axe.module) as { source: string };
  await page.evaluate(source);
  return await page.evaluate(async (runOnly) => {
    // deno-lint-ignore no-explicit-any -- it was put there just now
    const { violations } = await (globalThis as any).axe.run(runOnly && { runOnly });
    return violations.flatMap(({ id, nodes }: { id: string; nodes: { html: string }[] }) =>
      nodes.map(({ html }) => `${id}: ${html}`)
    );
  }, rules);
}
