import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import {
  cacheRoot,
  expandHome,
  fileNameOf,
  isOffline,
} from "../../../../lib/checkpoint/cache/cache_paths.ts";
import { findModel } from "../../../../lib/checkpoint/registry.ts";
import { describe, it } from "../../../harness.ts";

/** Calls something in another environment. */
async function withEnvironment<T>(
  environment: Record<string, string | undefined>,
  body: () => T | Promise<T>,
): Promise<T> {
  const saved = { ...process.env };
  try {
    for (const [name, value] of Object.entries(environment)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    return await body();
  } finally {
    for (const name of Object.keys(environment)) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  }
}

/** Gives the cache's folder in another environment. */
function rootWith(environment: Record<string, string | undefined>): Promise<string> {
  return withEnvironment(environment, () => cacheRoot());
}

describe("cacheRoot()", () => {
  it("is where openai/whisper keeps its files", async () => {
    const home = process.platform === "win32" ? "USERPROFILE" : "HOME";
    const atHome = join("/home/me", ".cache", "whisper");
    assert.equal(await rootWith({ XDG_CACHE_HOME: "/xdg", [home]: "/home/me" }), join("/xdg", "whisper"));
    assert.equal(await rootWith({ XDG_CACHE_HOME: undefined, [home]: "/home/me" }), atHome);
    assert.equal(await rootWith({ XDG_CACHE_HOME: "", [home]: "/home/me" }), atHome);
  });

  it("is downloadRoot itself if that is given", async () => {
    assert.equal(await cacheRoot({ downloadRoot: "models" }), "models");
  });
});

describe("expandHome()", () => {
  it("replaces a ~ that stands for the home folder, and no other", () =>
    withEnvironment({ [process.platform === "win32" ? "USERPROFILE" : "HOME"]: "/home/$&me" }, async () => {
      const paths = ["~/models", "~", "~\\models", "~other/models", "a/~/b", "a~"];
      assert.deepEqual(paths.map(expandHome), [
        "/home/$&me/models",
        "/home/$&me",
        "/home/$&me\\models",
        ...paths.slice(3),
      ]);
      assert.equal(await cacheRoot({ downloadRoot: "~/models" }), "/home/$&me/models");
    }));
});

describe("isOffline()", () => {
  const withVariable = (value: string | undefined, option?: boolean) =>
    withEnvironment({ SOTTO_OFFLINE: value }, () => isOffline(option));

  it("reads what people write for yes and no, in any case", async () => {
    for (const yes of ["1", "true", "Yes", "ON", " 1 "]) assert.equal(await withVariable(yes), true, yes);
    for (const no of [undefined, "", "0", "False", "no", "off"]) {
      assert.equal(await withVariable(no), false, no);
    }
  });

  it("asks nobody when the option says it, and refuses what means neither", async () => {
    assert.equal(await withVariable("1", false), false);
    assert.equal(await withVariable("nonsense", true), true);
    await assert.rejects(withVariable("ja"), /SOTTO_OFFLINE is "ja", wanted 1 or 0/);
  });
});

describe("fileNameOf()", () => {
  const sha256 = "0123456789abcdef".repeat(4);

  it("keeps the name, and adds what tells two of them apart", () => {
    const names = [
      "https://a.test/x/model.pt",
      "https://a.test/My%20Model.safetensors?download=1",
      "https://a.test/model",
      "https://a.test/",
      "https://a.test/%2e%2e%2fetc%2fpasswd",
    ].map((url) => fileNameOf(new URL(url), sha256));
    assert.deepEqual(names, [
      "model-0123456789ab.pt",
      "My_Model-0123456789ab.safetensors",
      "model-0123456789ab.pt",
      "model-0123456789ab.pt",
      "_2e_2e_2fetc_2fpasswd-0123456789ab.pt",
    ]);
  });

  it("tells addresses apart where no SHA-256 is known", () => {
    const [a, b] = ["a", "b"].map((host) => fileNameOf(new URL(`https://${host}.test/model.pt`)));
    assert.match(a, /^model-[0-9a-f]{12}\.pt$/);
    assert.notEqual(a, b);
  });

  it("gives an official file its own name, wherever it comes from", () => {
    assert.equal(
      fileNameOf(new URL("https://a.test/whatever"), findModel("turbo")!.sha256),
      "large-v3-turbo.pt",
    );
  });
});
