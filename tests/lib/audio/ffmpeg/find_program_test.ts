import assert from "node:assert/strict";
import { findProgram } from "../../../../lib/audio/ffmpeg/find_program.ts";
import { describe, it } from "../../../harness.ts";

describe("findProgram()", () => {
  const find = (name: string, path: string, files: string[], platform = "win32") =>
    findProgram(name, { platform, path, exists: (file) => files.includes(file) });

  it("looks a bare name up in the absolute entries of PATH on Windows, and nowhere else", () => {
    const files = ["C:\\tools\\ffmpeg.exe", ".\\ffmpeg.exe", "\\ffmpeg.exe", "bin\\ffmpeg.exe", "ffmpeg.exe"];
    assert.equal(find("ffmpeg", ".;;bin;\\;C:\\none\\;C:\\tools", files), "C:\\tools\\ffmpeg.exe");
    assert.equal(find("ffmpeg", ".;;bin;\\", files), undefined);
    assert.equal(find("ffmpeg", "", files), undefined);
  });

  it("takes quoted entries, shares, a slash at the end, and a name with its extension", () => {
    assert.equal(
      find("ffmpeg", '"D:\\a b\\"', ["D:\\a b\\ffmpeg.exe"]),
      "D:\\a b\\ffmpeg.exe",
    );
    assert.equal(
      find("ffmpeg.EXE", "\\\\nas\\bin", ["\\\\nas\\bin\\ffmpeg.EXE"]),
      "\\\\nas\\bin\\ffmpeg.EXE",
    );
    assert.equal(find("ffmpeg", "C:/x", ["C:/x\\ffmpeg.com"]), "C:/x\\ffmpeg.com");
  });

  it("leaves the name to Deno, which looks in PATH alone, where that may not be read", () => {
    const denied = new Error(
      'Requires read access to "C:\\x\\ffmpeg.exe", run again with the --allow-read flag',
    );
    denied.name = "NotCapable";
    const places = { platform: "win32", path: "C:\\x" };
    const exists = (error: Error) => () => {
      throw error;
    };
    assert.equal(findProgram("ffmpeg", { ...places, exists: exists(denied) }), "ffmpeg.exe");
    const broken = new Error("the disk is broken");
    assert.throws(() => findProgram("ffmpeg", { ...places, exists: exists(broken) }), broken);
  });

  it("takes a path as it is, and on other systems every name", () => {
    assert.equal(find(".\\ffmpeg.exe", "", []), ".\\ffmpeg.exe");
    assert.equal(find("C:\\x\\ffmpeg", "", []), "C:\\x\\ffmpeg");
    assert.equal(find("ffmpeg", "", [], "linux"), "ffmpeg");
  });
});
