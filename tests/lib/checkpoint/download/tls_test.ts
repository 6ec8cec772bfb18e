import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fetchCheckpoint } from "../../../../lib/checkpoint/fetch_checkpoint.ts";
import { DownloadError } from "../../../../lib/errors.ts";
import { describe, itNeeds } from "../../../harness.ts";
import { assertFiles, fastClock, makeBytes, sourceOf, withFolder } from "./download_fixture.ts";
import { fileReply, serveFaults } from "./fault_server.ts";

function whyNoOpenssl(): string | undefined {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "openssl is not installed";
  }
}

describe("fetchCheckpoint() over TLS", () => {
  itNeeds(
    whyNoOpenssl(),
    "says how to trust a certificate that the runtime does not know, and does not retry",
    async () => {
      await withFolder(async (folder) => {
        const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
        const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
        const request = [
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
        ];
        execFileSync("openssl", [...request, ...subject, "-days", "1", "-keyout", key, "-out", cert], {
          stdio: "ignore",
        });
        const tls = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
        const file = makeBytes(1000);
        await using server = await serveFaults((request) => fileReply(request, file), tls);
        const cache = join(folder, "cache");
        const clock = fastClock();
        await assert.rejects(
          fetchCheckpoint(sourceOf(server.base, file), { downloadRoot: cache }, clock),
          (error: Error) => {
            assert.ok(error instanceof DownloadError);
            assert.match(
              error.message,
              /the secure connection failed \(.+\); .*DENO_TLS_CA_STORE.*NODE_EXTRA_CA_CERTS/,
            );
            return true;
          },
        );
        assert.deepEqual(clock.pauses, []);
        await assertFiles(cache, {});
      });
    },
  );
});
