import assert from "node:assert/strict";
import process from "node:process";
import { describe, fixture, it } from "../harness.ts";
import { seededUniform } from "../seeded_random.ts";
import { runScript } from "./child.ts";

/** Milliseconds in which a model is loaded and at work. */
const SPAN = 1000;

/** How often it is tried; many times with `SOTTO_TEST_FULL=1`. */
const TIMES = process.env.SOTTO_TEST_FULL === "1" ? 50 : 20;

/** Runs the script `times` times, two at a time; gives how each ended. */
async function endings(how: "exit" | "error", times: number): Promise<string[]> {
  const random = seededUniform(times);
  const ended: string[] = [];
  const run = async () => {
    while (ended.length < times) {
      const index = ended.push("running") - 1;
      const args = [how, fixture("tiny.en.pt"), fixture("sense.wav"), String(Math.floor(random() * SPAN))];
      const { code, signal, stderr } = await runScript("exit_at_work.ts", args);
      ended[index] = signal ?? String(code);
      if (how === "error" && !stderr.includes("nobody catches this")) ended[index] += " without its message";
    }
  };
  await Promise.all([run(), run()]);
  return ended;
}

describe("A process that ends while a model is loaded or at work", () => {
  it(`has the exit code of process.exit(), ${TIMES} times`, async () => {
    assert.deepEqual(await endings("exit", TIMES), Array(TIMES).fill("5"));
  });

  it(`has the exit code of an error that nobody catches, ${TIMES} times`, async () => {
    assert.deepEqual(await endings("error", TIMES), Array(TIMES).fill("1"));
  });
});
