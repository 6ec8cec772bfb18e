/** A registry on loopback that answers Deno as JSR does. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One version of a package. */
export interface JsrPackage {
  /** With its scope. */
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  /** By the path in the package. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A registry that listens. */
export interface JsrRegistry extends AsyncDisposable {
  /** What `JSR_URL` is set to. */
  readonly url: string;
  /** The paths that were asked for. */
  readonly requests: readonly string[];
}

/** Serves packages on a free port. */
export async function serveJsr(packages: readonly JsrPackage[]): Promise<JsrRegistry> {
  const answers = new Map(packages.flatMap((one) => [...answersOf(one)]));
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://registry");
    requests.push(pathname);
    const body = answers.get(pathname);
    const type = pathname.endsWith(".json") ? "application/json" : "text/typescript";
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The paths of a package at the registry, and what is there. */
function* answersOf({ name, version, exports, files }: JsrPackage): Generator<[string, string | Uint8Array]> {
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const [path, bytes] of files) {
    const digest = createHash("sha256").update(bytes).digest("hex");
    manifest[`/${path}`] = { size: bytes.length, checksum: `sha256-${digest}` };
    yield [`/${name}/${version}/${path}`, bytes];
  }
  yield [`/${name}/meta.json`, JSON.stringify({ name, latest: version, versions: { [version]: {} } })];
  yield [`/${name}/${version}_meta.json`, JSON.stringify({ manifest, exports })];
}
