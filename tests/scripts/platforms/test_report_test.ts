import assert from "node:assert/strict";
import { lastFile, readNotLoaded, readReport, sortFailures } from "../../../scripts/platforms/test_report.ts";
import { describe, it } from "../../harness.ts";

const DENO = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="4" failures="2" errors="0" time="0.112">
  <testsuite name="./tests/a_test.ts" tests="1" disabled="0" errors="0" failures="1">
    <testcase name="group" classname="./tests/a_test.ts" time="0.006" line="25" col="7">
      <failure message="1 test step failed">1 test step failed.</failure>
    </testcase>
  </testsuite>
  <testsuite name="ext:deno_node/testing.ts" tests="3" disabled="1" errors="0" failures="1">
    <testcase name="group &gt; fails &lt;so&gt;" classname="ext:deno_node/testing.ts" time="0.002">
      <failure message="Uncaught Error: no &amp; &quot;never&quot;">Error: no
    at &lt;anonymous&gt; (file:///Z:/work/sotto/tests/ffi/a_test.ts:2:58)</failure>
    </testcase>
    <testcase name="group &gt; works" classname="ext:deno_node/testing.ts" time="0.000">
    </testcase>
    <testcase name="group &gt; rests" classname="ext:deno_node/testing.ts" time="0.000">
      <skipped/>
    </testcase>
  </testsuite>
</testsuites>`;

const BUN = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="3" assertions="0" failures="1" skipped="1" time="5.6">
  <testsuite name="group" file="tests\\ffi\\a_test.ts" line="24" tests="3">
    <testcase name="works" classname="group" time="2.9" file="tests\\ffi\\a_test.ts" assertions="0" />
    <testcase name="fails" classname="group" time="0.1" file="tests\\ffi\\a_test.ts" assertions="0">
      <failure type="AssertionError" message="not so&#10;now">AssertionError: not so</failure>
    </testcase>
    <testcase name="rests" classname="group" time="0" file="tests\\ffi\\a_test.ts" assertions="0">
      <skipped />
    </testcase>
  </testsuite>
</testsuites>`;

describe("readReport()", () => {
  it("counts tests and not their groups, and tells of failures where and why, on Deno", () => {
    assert.deepEqual(readReport(DENO), {
      passed: 1,
      skipped: 1,
      failed: [{
        file: "tests/ffi/a_test.ts",
        name: "group > fails <so>",
        message: 'Uncaught Error: no & "never"',
      }],
    });
  });

  it("does so on Bun", () => {
    assert.deepEqual(readReport(BUN), {
      passed: 1,
      skipped: 1,
      failed: [{ file: "tests/ffi/a_test.ts", name: "fails", message: "not so\nnow" }],
    });
  });
});

const PRINTED = `bun test v1.4.5

tests\\ffi\\a_test.ts:
(pass) group > works [0.21ms]

tests\\ffi\\b_test.ts:

# Unhandled error between tests
-------------------------------
13 |     readdirSync(folder)
         ^
error: EBADFD: unknown error, scandir 'Z:\\ffi'
-------------------------------


tests\\ffi\\c_test.ts:
(pass) group > works [0.42ms]
`;

describe("readNotLoaded()", () => {
  it("names a file that Bun could not load, and why", () => {
    const [{ message, ...told }, ...others] = readNotLoaded(PRINTED);
    assert.deepEqual([told, others], [{ file: "tests/ffi/b_test.ts", name: "all" }, []]);
    assert.match(message, /^13 \|[^]*scandir 'Z:\\ffi'$/);
    assert.deepEqual(readNotLoaded(PRINTED.replace("# Unhandled", "Handled")), []);
  });
});

describe("lastFile()", () => {
  it("is the last that was begun, on Bun and on Deno", () => {
    assert.equal(lastFile(PRINTED), "tests/ffi/c_test.ts");
    const deno =
      "running 1 test from ./tests/a_test.ts\nrunning 2 tests from ./tests/ffi/b_test.ts\ngroup ...";
    assert.equal(lastFile(deno), "tests/ffi/b_test.ts");
    assert.equal(lastFile("nothing"), undefined);
  });
});

describe("sortFailures()", () => {
  it("tells what is known from what is not", () => {
    const failed = [{ file: "", name: "group > fails", message: "" }, {
      file: "",
      name: "other",
      message: "",
    }];
    const known = [{ test: "fails", reason: "Wine has no such thing" }];
    assert.deepEqual(sortFailures(failed, known), {
      excused: [{ test: failed[0], reason: "Wine has no such thing" }],
      unknown: [failed[1]],
    });
  });

  it("knows a failure by what it says too, whatever the test is called", () => {
    const failed = ["EFAULT: bad address, rm 'C:\\a'", "EFAULT: bad address, open 'C:\\a'"].map((
      message,
    ) => ({
      file: "",
      name: "works",
      message,
    }));
    const known = [{ message: "EFAULT: bad address, rm", reason: "Wine removes no folder" }];
    assert.deepEqual(sortFailures(failed, known), {
      excused: [{ test: failed[0], reason: "Wine removes no folder" }],
      unknown: [failed[1]],
    });
  });
});
