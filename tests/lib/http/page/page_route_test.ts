/** The page as it is served. */
import assert from "node:assert/strict";
import { createHandler, type HandlerOptions } from "../../../../lib/server.ts";
import { CLIENT_FILES } from "../../../../lib/http/page/client_files.ts";
import { readClient } from "../../../../scripts/page/embed.ts";
import { describe, it } from "../../../harness.ts";
import { FakeModel } from "../fake_model.ts";

async function get(path: string, options: HandlerOptions = {}): Promise<Response> {
  const handler = createHandler({ models: { base: new FakeModel() }, ...options });
  return await handler(new Request(`http://localhost${path}`));
}

/** The addresses that a text of the page names after some word. */
function addressesIn(text: string, word: RegExp): string[] {
  return [...text.matchAll(new RegExp(`${word.source}"([^"]+)"`, "g"))].map(([, address]) => address);
}

describe("the page", () => {
  it("is what lies in its folder", () => {
    const message = "the page has changed: run deno run -A scripts/page/embed.ts";
    assert.deepEqual(CLIENT_FILES, readClient(), message);
  });

  it("is at the root, with its own modules and nothing from elsewhere", async () => {
    const response = await get("/");
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
    const html = await response.text();
    assert.ok(!html.includes("{{"), html);
    for (const address of addressesIn(html, /(?:href|src)=/)) {
      if (address.startsWith("data:")) continue;
      const file = await get(`/${address}`);
      assert.equal(file.status, 200, address);
      const type = address.endsWith(".css") ? "text/css" : "text/javascript";
      assert.equal(file.headers.get("content-type"), `${type}; charset=utf-8`);
    }
    for (const [name, text] of Object.entries(CLIENT_FILES)) {
      assert.doesNotMatch(text.replaceAll("http://www.w3.org/2000/svg", ""), /https?:\/\//, name);
      if (!name.endsWith(".js")) continue;
      for (const address of addressesIn(text, /from /)) {
        const { pathname } = new URL(address, `http://localhost/page/${name}`);
        assert.equal((await get(pathname)).status, 200, `${name} imports ${address}`);
      }
    }
  });

  it("runs nothing but its own modules", async () => {
    const policy = (await get("/")).headers.get("content-security-policy")!;
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /style-src 'self';/);
    assert.match(policy, /connect-src 'self';/);
    assert.doesNotMatch(policy, /unsafe/);
    const html = await (await get("/")).text();
    assert.doesNotMatch(html, /<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
  });

  it("names the models, the languages and the limit of this server, as text", async () => {
    const models = { base: new FakeModel(), '<b>"&': new FakeModel() };
    const html = await (await get("/", { models, maxUpload: 5 << 20, apiKeys: ["secret"] })).text();
    assert.match(html, /<option value="base">base<\/option><option value="&#60;b&#62;&#34;&#38;">/);
    assert.match(html, /<option value="ht">Haitian Creole<\/option>/);
    assert.match(html, /up to 5 MB/);
    assert.match(html, /data-max-upload="5242880"/);
    assert.match(html, /data-needs-key="true"/);
    assert.ok(!html.includes("secret"));
    assert.match(await (await get("/")).text(), /data-needs-key="false"/);
  });

  it("has no other file, and is not there where it is switched off", async () => {
    for (
      const path of ["/page", "/page/", "/page/index.html", "/page/constructor", "/page/../page_route.ts"]
    ) {
      assert.equal((await get(path)).status, 404, path);
    }
    for (const path of ["/", "/page/main.js"]) {
      assert.equal((await get(path, { page: false })).status, 404, path);
    }
    assert.equal((await get("/health", { page: false })).status, 200);
  });
});
