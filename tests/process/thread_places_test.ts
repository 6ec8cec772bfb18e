import assert from "node:assert/strict";
import process from "node:process";
import { describe, itNeeds, program } from "../harness.ts";
import { runScript } from "./child.ts";

const missing = process.platform === "linux"
  ? program("taskset").missing
  : "affinity is set by a program of Linux";

describe("the threads of a session", () => {
  itNeeds(
    missing,
    "stay on the processors that the process may use, and are no more than those",
    async () => {
      const { stdout, stderr, code } = await runScript("thread_places.ts", [], {
        within: ["taskset", "-c", "0"],
      });
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), { threads: 1, places: ["0"] });
    },
  );
});
