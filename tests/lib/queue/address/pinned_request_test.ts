import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AddressNotAllowedError, UnreachableError } from "../../../../lib/queue/address/address_error.ts";
import { addressRules } from "../../../../lib/queue/address/address_rules.ts";
import {
  type PinnedRequest,
  type PinnedResponse,
  sendPinned,
} from "../../../../lib/queue/address/pinned_request.ts";
import { describe, it, itNeeds, program } from "../../../harness.ts";
import { withFolder } from "../../checkpoint/download/download_fixture.ts";
import { type FaultReply, serveFaults } from "../../checkpoint/download/fault_server.ts";

const LOOPBACK = ["127.0.0.0/8"];
const toLoopback = { lookup: () => Promise.resolve(["127.0.0.1"]) };

/** What a test's request has, to a server on loopback by the name `sound.test`. */
function requestTo(port: string, more: Partial<PinnedRequest> = {}): PinnedRequest {
  const rules = addressRules("work", {
    allowedHosts: [`http://sound.test:${port}`],
    allowedNetworks: LOOPBACK,
  });
  return { rules, patience: 5_000, tools: toLoopback, ...more };
}

async function textOf(response: PinnedResponse): Promise<string> {
  let text = "";
  for await (const piece of response.body()) text += new TextDecoder().decode(piece);
  return text;
}

const portOf = ({ base }: { base: string }) => new URL(base).port;
const reply = (text: string, more: FaultReply = {}): FaultReply => ({
  body: new TextEncoder().encode(text),
  ...more,
});

describe("sendPinned()", () => {
  it("goes to the address that was checked, under the name that was asked for", async () => {
    await using server = await serveFaults(({ headers }) =>
      reply(`${headers.get("host")} ${headers.get("x-a")}`)
    );
    const names: string[] = [];
    const tools = { lookup: (name: string) => Promise.resolve((names.push(name), ["127.0.0.1"])) };
    const request = requestTo(portOf(server), { headers: { "x-a": "b" }, tools });
    const response = await sendPinned(`http://sound.test:${portOf(server)}/a?b=c`, request);
    assert.equal(response.status, 200);
    assert.equal(await textOf(response), `sound.test:${portOf(server)} b`);
    assert.equal(server.requests[0].path, "/a?b=c");
    assert.deepEqual(names, ["sound.test"]);
  });

  it("asks a name server once a connection, so that another answer later changes nothing", async () => {
    await using server = await serveFaults(() => reply("good"));
    let asked = 0;
    const tools = { lookup: () => Promise.resolve(asked++ === 0 ? ["127.0.0.1"] : ["169.254.169.254"]) };
    const url = `http://sound.test:${portOf(server)}/`;
    assert.equal(await textOf(await sendPinned(url, requestTo(portOf(server), { tools }))), "good");
    await assert.rejects(sendPinned(url, requestTo(portOf(server), { tools })), AddressNotAllowedError);
    assert.equal(asked, 2);
  });

  it("connects to nothing that a name must not lead to", async () => {
    await using server = await serveFaults(() => reply("secret"));
    const port = portOf(server);
    const rules = addressRules("work", {
      allowedHosts: ["*", `http://*:${port}`, `http://127.0.0.1:${port}`],
    });
    for (
      const [host, leadsTo] of [["good.test", "127.0.0.1"], ["localhost", undefined], ["127.1", undefined]]
    ) {
      const tools = leadsTo === undefined ? {} : { lookup: () => Promise.resolve([leadsTo]) };
      await assert.rejects(
        sendPinned(`http://${host}:${port}/`, { rules, patience: 5_000, tools }),
        AddressNotAllowedError,
        host,
      );
    }
    assert.equal(server.requests.length, 0);
  });

  it("follows redirects only where the address itself could have been, and shows headers to no other", async () => {
    await using other = await serveFaults(({ headers }) => reply(String(headers.get("authorization"))));
    await using server = await serveFaults(({ path }) => {
      const location = path === "/other"
        ? `http://other.test:${portOf(other)}/`
        : path === "/private"
        ? `http://127.0.0.1:${portOf(other)}/`
        : path === "/file"
        ? "file:///etc/passwd"
        : path === "/loop"
        ? "/loop"
        : path === "/here"
        ? "/end"
        : undefined;
      return location ? { status: 302, headers: { location } } : reply("the end");
    });
    const base = `http://sound.test:${portOf(server)}`;
    const request: PinnedRequest = {
      ...requestTo(portOf(server), { headers: { authorization: "secret" }, redirects: 3 }),
      rules: addressRules("work", {
        allowedHosts: [base, `http://other.test:${portOf(other)}`],
        allowedNetworks: LOOPBACK,
      }),
    };
    assert.equal(await textOf(await sendPinned(`${base}/here`, request)), "the end");
    assert.equal(await textOf(await sendPinned(`${base}/other`, request)), "undefined");
    await assert.rejects(
      sendPinned(`${base}/private`, request),
      /127\.0\.0\.1:\d+ is not one of allowedHosts/,
    );
    await assert.rejects(sendPinned(`${base}/file`, request), /its scheme is not https or http/);
    await assert.rejects(sendPinned(`${base}/loop`, request), /redirects more than 3 times/);
    const unfollowed = await sendPinned(`${base}/here`, { ...request, redirects: undefined });
    assert.equal(unfollowed.status, 302);
    assert.equal(other.requests.length, 1);
  });

  it("sends a body with its length", async () => {
    const seen: (string | undefined)[] = [];
    await using server = await serveFaults(({ headers }) => {
      seen.push(headers.get("content-length"));
      return { status: 204, headers: { "content-length": "" } };
    });
    const body = new TextEncoder().encode("{}");
    using response = await sendPinned(
      `http://sound.test:${portOf(server)}/`,
      requestTo(portOf(server), { method: "POST", body }),
    );
    assert.equal(response.status, 204);
    assert.deepEqual(seen, ["2"]);
  });

  it("takes no answer that breaks off for the whole, waits for none for ever, and stops when told to", async () => {
    await using server = await serveFaults(({ path, closed }) => {
      if (path === "/cut") return reply("half of it", { cutAfter: 4 });
      if (path === "/stall") return reply("half of it", { stallAfter: 4 });
      return closed.then(() => reply(""));
    });
    const base = `http://sound.test:${portOf(server)}`;
    const request = requestTo(portOf(server), { patience: 300 });
    await assert.rejects(sendPinned(`${base}/cut`, request).then(textOf), UnreachableError);
    await assert.rejects(sendPinned(`${base}/stall`, request).then(textOf), /nothing came for 0\.3 s/);
    await assert.rejects(sendPinned(`${base}/never`, request), /no answer within 0\.3 s/);
    const slowNames = { ...request, tools: { lookup: () => new Promise<never>(() => {}) } };
    await assert.rejects(sendPinned(`${base}/`, slowNames), /looked up for too long/);
    for (const path of ["/never", "/stall"]) {
      const stop = new AbortController(), reason = new Error("enough");
      setTimeout(() => stop.abort(reason), 100);
      const patient = requestTo(portOf(server), { signal: stop.signal });
      await assert.rejects(sendPinned(base + path, patient).then(textOf), (error) => error === reason, path);
    }
  });

  it("tries the other addresses of a name, and says why none answers", async () => {
    await using server = await serveFaults(() => reply("good"));
    const port = portOf(server);
    // Nobody listens on the second loopback address.
    const tools = { lookup: () => Promise.resolve(["127.0.0.2", "127.0.0.1"]) };
    assert.equal(
      await textOf(await sendPinned(`http://sound.test:${port}/`, requestTo(port, { tools }))),
      "good",
    );
    const nowhere = { lookup: () => Promise.resolve(["127.0.0.2"]) };
    await assert.rejects(
      sendPinned(`http://sound.test:${port}/`, requestTo(port, { tools: nowhere })),
      /^UnreachableError: Cannot reach http:\/\/sound\.test:\d+\/: .*(refused|connect)/i,
    );
  });

  itNeeds(program("openssl").missing, "wants the certificate of the name, not of the address", async () => {
    await withFolder(async (folder) => {
      const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
      const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
      const named = ["-subj", "/CN=sound.test", "-addext", "subjectAltName=DNS:sound.test"];
      execFileSync("openssl", ["req", ...kind, ...named, "-days", "1", "-keyout", key, "-out", cert], {
        stdio: "ignore",
      });
      const ca = readFileSync(cert, "utf8");
      await using server = await serveFaults(() => reply("good"), {
        key: readFileSync(key, "utf8"),
        cert: ca,
      });
      const port = portOf(server);
      const rules = addressRules("work", {
        allowedHosts: [`sound.test:${port}`, `other.test:${port}`],
        allowedNetworks: LOOPBACK,
      });
      const request = { rules, patience: 5_000, tools: { ...toLoopback, ca } };
      assert.equal(await textOf(await sendPinned(`https://sound.test:${port}/`, request)), "good");
      await assert.rejects(sendPinned(`https://other.test:${port}/`, request), UnreachableError);
      await assert.rejects(
        sendPinned(`https://sound.test:${port}/`, { ...request, tools: toLoopback }),
        UnreachableError,
      );
    });
  });
});
