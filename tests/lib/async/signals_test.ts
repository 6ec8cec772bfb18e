import assert from "node:assert/strict";
import { anySignal, unlessAborted } from "../../../lib/async/signals.ts";
import { describe, it } from "../../harness.ts";

describe("anySignal()", () => {
  it("is aborted with the first of those there are, for its reason", () => {
    const one = new AbortController(), other = new AbortController();
    const signal = anySignal(one.signal, undefined, other.signal);
    assert.equal(signal.aborted, false);
    other.abort(new Error("enough"));
    assert.equal(signal.reason, other.signal.reason);
  });

  it("is never aborted where there is none", () => {
    assert.equal(anySignal(undefined).aborted, false);
  });
});

describe("unlessAborted()", () => {
  it("gives what the work gives, and throws what it throws", async () => {
    const { signal } = new AbortController();
    assert.equal(await unlessAborted(Promise.resolve(7), signal), 7);
    await assert.rejects(unlessAborted(Promise.reject(new Error("broken")), signal), /broken/);
  });

  it("does not wait for work when its signal is aborted, before it or meanwhile", async () => {
    const never = Promise.withResolvers<void>().promise;
    await assert.rejects(unlessAborted(never, AbortSignal.abort(new Error("at once"))), /at once/);
    const control = new AbortController();
    const waiting = unlessAborted(never, control.signal);
    control.abort(new Error("meanwhile"));
    await assert.rejects(waiting, /meanwhile/);
  });

  it("leaves no failure unheard of work that nobody waits for any more", async () => {
    const work = Promise.withResolvers<void>();
    await assert.rejects(unlessAborted(work.promise, AbortSignal.abort(new Error("gone"))), /gone/);
    work.reject(new Error("too late"));
    // Unheard, it would end the process of the tests now.
    await new Promise((resolve) => setTimeout(resolve));
  });
});
