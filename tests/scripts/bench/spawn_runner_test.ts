import assert from "node:assert/strict";
import type { Job } from "../../../scripts/bench/job.ts";
import { runJob } from "../../../scripts/bench/spawn_runner.ts";
import { describe, it, itNeeds, program } from "../../harness.ts";

const job: Job = {
  model: "base",
  audio: "clip.wav",
  precision: "int8",
  beam: 1,
  batch: 0,
  threads: 2,
  repeat: 1,
  secondLoad: false,
  words: false,
};

/** Runs a job in a shell, which has it as `$0`. */
function shell(script: string) {
  return runJob({ program: "sh", arguments: ["-c", script] }, job);
}

const { missing: noShell } = program("sh");

describe("runJob()", () => {
  itNeeds(
    noShell,
    "hands the job over and takes the measurement, with the time to the first text from outside",
    async () => {
      const measured = await shell(
        `echo a greeting; echo '{"text": "ask"}'; sleep 0.3; echo '{"load": 1, "text": "ask", "version": "'$(echo "$0" | wc -c)'"}'`,
      );
      assert.ok("load" in measured);
      assert.equal(measured.load, 1);
      assert.equal(Number(measured.version), JSON.stringify(job).length + 1);
      assert.ok(measured.startToText > 0);
      assert.ok(measured.startToText < 30);
    },
  );

  itNeeds(noShell, "tells what a runner says it does not do", async () => {
    assert.deepEqual(await shell(`echo '{"unsupported": "no batches"}'`), { unsupported: "no batches" });
  });

  itNeeds(noShell, "tells the last complaint of a runner that fails, even after a text", async () => {
    assert.deepEqual(await shell(`echo '{"text": "ask"}'; echo first >&2; echo "no memory" >&2; exit 3`), {
      unsupported: "failed (3): no memory",
    });
    assert.deepEqual(await shell(`echo '{"load": 1}'; echo crashed >&2; exit 3`), {
      unsupported: "failed (3): crashed",
    });
    assert.deepEqual(await shell("exit 0"), { unsupported: "failed (0): it said nothing" });
  });

  itNeeds(noShell, "skips what a library prints, in braces too", async () => {
    assert.deepEqual(await shell(`echo '{not JSON}'; echo '{"unsupported": "no batches"}'`), {
      unsupported: "no batches",
    });
  });

  it("tells that a program is missing", async () => {
    const answer = await runJob({ program: "sotto-no-such-program", arguments: [] }, job);
    assert.ok("unsupported" in answer);
    assert.match(answer.unsupported, /sotto-no-such-program/);
  });
});
