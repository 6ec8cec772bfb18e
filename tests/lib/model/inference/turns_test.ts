import assert from "node:assert/strict";
import { type JointSteps, Turns } from "../../../../lib/model/inference/turns.ts";
import { describe, it } from "../../../harness.ts";

/** Steps that note their turns among those of other work. */
class NotedSteps implements JointSteps {
  waiting = 0;
  readonly events: string[] = [];

  async run(): Promise<void> {
    this.events.push(`${this.waiting} steps`);
    this.waiting = 0;
    await Promise.resolve();
  }

  async gathered(): Promise<void> {}
}

/** Work that notes its begin and its end, and takes a while. */
function work(events: string[], name: string): () => Promise<string> {
  return async () => {
    events.push(name);
    await new Promise((resolve) => setTimeout(resolve));
    events.push(`${name} ends`);
    return name;
  };
}

describe("Turns", () => {
  it("gives one turn at a time, to the windows that are not encoded first", async () => {
    const steps = new NotedSteps();
    const turns = new Turns(steps);
    steps.waiting = 7;
    turns.wake();
    const results = await Promise.all(["a", "b"].map((name) => turns.alone(work(steps.events, name))));
    assert.deepEqual(results, ["a", "b"]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(steps.events, ["a", "a ends", "b", "b ends", "7 steps"]);
  });

  it("lets steps go first where enough wait, and what belongs to a window at work before all", async () => {
    const steps = new NotedSteps();
    const turns = new Turns(steps);
    steps.waiting = 8;
    await Promise.all([
      turns.alone(work(steps.events, "encode")),
      turns.alone(work(steps.events, "align"), { urgent: true }),
    ]);
    assert.deepEqual(steps.events, ["align", "align ends", "8 steps", "encode", "encode ends"]);
  });

  it("takes what is aborted out of the queue, and goes on after a failure", async () => {
    const { events, ...steps } = new NotedSteps();
    const turns = new Turns({ ...steps, run: async () => {}, gathered: async () => {} });
    const controller = new AbortController();
    const first = turns.alone(work(events, "first"));
    const failing = turns.alone(() => Promise.reject(new Error("no")));
    const aborted = turns.alone(work(events, "aborted"), { signal: controller.signal });
    const last = turns.alone(work(events, "last"));
    controller.abort(new Error("enough"));
    await assert.rejects(aborted, /enough/);
    await assert.rejects(failing, /no/);
    assert.deepEqual([await first, await last], ["first", "last"]);
    assert.deepEqual(events, ["first", "first ends", "last", "last ends"]);
    await assert.rejects(turns.alone(work(events, "late"), { signal: controller.signal }), /enough/);
  });
});
