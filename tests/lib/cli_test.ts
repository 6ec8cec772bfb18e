import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, fixture, it } from "../harness.ts";
import { main } from "../../lib/cli.ts";
import { fakeTerminal } from "./commands/terminal/fake_terminal.ts";

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  return { code: await main(args, terminal), ...terminal.written };
}

describe("main()", () => {
  it("prints the version", async () => {
    const { code, out } = await run("--version");
    assert.equal(code, 0);
    assert.match(out, /^\d+\.\d+\.\d+\n$/);
  });

  it("prints the flags and the commands for --help, and a command's own help", async () => {
    const all = await run("--help");
    assert.equal(all.code, 0);
    for (const word of ["--beam_size", "--explain", "sotto models", "sotto download", "sotto verify"]) {
      assert.ok(all.out.includes(word), word);
    }
    const one = await run("download", "-h");
    assert.match(one.out, /^Usage: sotto download/);
    assert.match((await run("help", "verify")).out, /^Usage: sotto verify/);
    assert.deepEqual(await run("help"), all);
  });

  it("takes -h for help only where a flag may stand", async () => {
    assert.equal((await run("cache", "dir", "--model_dir", "-h")).out, "-h\n");
    assert.equal((await run("download", "--", "-h")).code, 2);
  });

  it("gives 2 for wrong usage, with one line that says what is wrong", async () => {
    const { code, out, err } = await run("a.wav", "--langauge", "en");
    assert.deepEqual([code, out], [2, ""]);
    assert.equal(
      err,
      "Cannot read --langauge: there is no such flag; did you mean --language?\nTry: sotto --help\n",
    );
    assert.equal((await run()).code, 2);
    assert.equal((await run("models", "--nonsense")).code, 2);
  });

  it("refuses threads that no machine has, before the model is looked for", async () => {
    const { code, err } = await run(
      fixture("sense.wav"),
      "--model",
      "no.pt",
      "--threads",
      "100000",
      "--output_dir",
      tmpdir(),
    );
    assert.equal(code, 2);
    assert.match(err, /^Cannot load the model: threads is 100000, wanted a whole number from 1 to \d+/);
  });

  it("gives 130 when it is interrupted", async () => {
    const terminal = fakeTerminal({ signal: AbortSignal.abort() });
    assert.equal(await main(["a.wav", "--model", "tiny.en", "--offline"], terminal), 130);
    assert.equal(terminal.written.err, "");
  });
});

describe("cli.ts", () => {
  it("runs as a program and gives its exit code", async () => {
    const script = fileURLToPath(new URL("../../lib/cli.ts", import.meta.url));
    const args = "Deno" in globalThis ? ["run", "-A", "--quiet", script] : [script];
    const code = await new Promise((resolve) => {
      execFile(process.execPath, [...args, "--modle=base"], (error, _, stderr) => {
        assert.match(stderr, /did you mean --model\?/);
        resolve(error?.code);
      });
    });
    assert.equal(code, 2);
  });
});
