/** A small server of S3's kind on loopback: it serves objects to whoever signs as it wants, and no one else. */
import { createHash, createHmac } from "node:crypto";
import { type FaultServer, serveFaults } from "../../checkpoint/download/fault_server.ts";

/** Who may read. */
export const KEYS = { accessKeyId: "READER", secretAccessKey: "hush" };
const REGION = "eu-test-1";

const hmac = (key: string | Uint8Array, text: string) => createHmac("sha256", key).update(text).digest();

/** Signs what came once more, as Signature Version 4 has it, and tells whether it is the same. */
function isSigned(path: string, headers: ReadonlyMap<string, string>): boolean {
  const [, id, day, region, names, signature] = new RegExp(
    "^AWS4-HMAC-SHA256 Credential=(\\w+)/(\\d{8})/([\\w-]+)/s3/aws4_request, ?SignedHeaders=([\\w;-]+), ?Signature=(\\w{64})$",
  ).exec(headers.get("authorization") ?? "") ?? [];
  if (id !== KEYS.accessKeyId || region !== REGION || !names.split(";").includes("host")) return false;
  const [time, content] = [headers.get("x-amz-date") ?? "", headers.get("x-amz-content-sha256") ?? ""];
  if (!time.startsWith(day) || content === "") return false;
  const [pathname, query = ""] = path.split("?");
  const signed = names.split(";").map((name) => `${name}:${headers.get(name)}\n`).join("");
  const canonical = ["GET", pathname, query, signed, names, content].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const hash = createHash("sha256").update(canonical).digest("hex");
  const key = [day, region, "s3", "aws4_request"].reduce<string | Uint8Array>(
    hmac,
    `AWS4${KEYS.secretAccessKey}`,
  );
  return hmac(key, ["AWS4-HMAC-SHA256", time, scope, hash].join("\n")).toString("hex") === signature;
}

/** Starts it. The objects are named by path, as `/bucket/key`, its parts encoded. */
export function serveS3(objects: Readonly<Record<string, Uint8Array>>): Promise<FaultServer> {
  return serveFaults(({ path, headers }) => {
    if (!isSigned(path, headers)) return { status: 403 };
    const body = objects[path];
    return body === undefined ? { status: 404 } : { body };
  });
}

/** What a worker is told of it. */
export function s3Options(server: FaultServer) {
  return { endpoint: server.base, region: REGION, buckets: ["talks"], credentials: KEYS };
}
