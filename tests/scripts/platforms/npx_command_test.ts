import assert from "node:assert/strict";
import { npxCommand } from "../../../scripts/platforms/npx_command.ts";
import { describe, it } from "../../harness.ts";

describe("npxCommand()", () => {
  it("goes through the shell on Windows, where npx is a script, and nowhere else", () => {
    assert.deepEqual(npxCommand(["-y", "bun"], "win32"), ["cmd.exe", "/d", "/c", "npx.cmd", "-y", "bun"]);
    assert.deepEqual(npxCommand(["-y", "bun"], "linux"), ["npx", "-y", "bun"]);
  });
});
