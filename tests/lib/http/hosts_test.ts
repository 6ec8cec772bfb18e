/** The handler where others mount it. */
import assert from "node:assert/strict";
import process from "node:process";
import server, { createHandler } from "../../../lib/server.ts";
import { describe, it, itNeeds } from "../../harness.ts";
import { until } from "../../until.ts";
import { FakeModel, formOf, requestOf } from "./fake_model.ts";
import { npmPackage } from "./npm_package.ts";

const hono = await npmPackage("hono", "4.13.19", () => import("npm:hono@4.13.19"));

interface Served {
  readonly port: number;
  stop(): Promise<unknown>;
}

/** What serves in this runtime. */
function serve(fetch: (request: Request, server?: unknown) => Promise<Response>): Served {
  const { Deno, Bun } = globalThis as unknown as {
    Deno?: {
      serve(options: object, fetch: unknown): { addr: { port: number }; shutdown(): Promise<void> };
    };
    Bun?: { serve(options: object): { port: number; stop(force: boolean): Promise<void> } };
  };
  if (Deno !== undefined) {
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, fetch);
    return { port: server.addr.port, stop: () => server.shutdown() };
  }
  const server = Bun!.serve({ port: 0, hostname: "127.0.0.1", fetch });
  return { port: server.port, stop: () => server.stop(true) };
}

describe("the handler", () => {
  it("is served by the runtime's own server, which hears that a client went away", async () => {
    const model = new FakeModel((audio) => ({
      texts: (audio as Uint8Array).length > 100 ? Array.from({ length: 1000 }, () => " a") : [" short"],
      before: () => new Promise((resolve) => setTimeout(resolve, 5)),
    }));
    const served = serve(createHandler({ models: { base: model } }));
    try {
      const url = `http://127.0.0.1:${served.port}/v1/audio/transcriptions`;
      const response = await fetch(url, { method: "POST", body: formOf() });
      assert.equal((await response.json() as { text: string }).text, "short");
      const gone = new AbortController();
      const body = formOf({}, new Blob([new Uint8Array(200)]));
      const answer = fetch(url, { method: "POST", body, signal: gone.signal });
      await until(() => model.asked.length === 2);
      gone.abort();
      await assert.rejects(() => answer);
      await until(() => model.stopped === 1);
    } finally {
      await served.stop();
    }
  });

  itNeeds(hono.missing, "is mounted under Hono", async () => {
    const handler = createHandler({ models: { base: new FakeModel() } });
    const app = new hono.module.Hono();
    app.get("/", (context) => context.text("mine"));
    app.all("/v1/*", (context) => handler(context.req.raw));
    assert.equal(await (await app.request("/")).text(), "mine");
    const response = await app.request(requestOf());
    assert.equal((await response.json()).text, "Hello world.");
  });

  it("answers as a module this machine alone, unless there is a key or that is meant", async () => {
    const ask = async (peer: unknown) => {
      return (await server.fetch(new Request("http://localhost/health"), peer)).status;
    };
    const deno = (hostname: string) => ({ remoteAddr: { hostname } });
    const bun = (address: string) => ({ requestIP: () => ({ address }) });
    for (const local of [deno("127.0.0.1"), bun("::1"), bun("::ffff:127.0.0.1")]) {
      assert.equal(await ask(local), 200);
    }
    for (const other of [deno("10.0.0.7"), bun("192.168.0.9"), bun("1270.0.0.1"), undefined]) {
      assert.equal(await ask(other), 403);
    }
    process.env.SOTTO_NO_AUTH = "1";
    try {
      assert.equal(await ask(deno("10.0.0.7")), 200);
    } finally {
      delete process.env.SOTTO_NO_AUTH;
    }
  });
});
