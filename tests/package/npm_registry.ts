/** A registry on loopback that answers npm's clients, for the packages of the scope `@jsr`. */
import type { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the address of a tarball ends with. */
const TARBALL = /\.tgz$/;

/** One version of a package, packed. */
export interface NpmPackage {
  /** As much as is needed of `package.json`. */
  readonly manifest: {
    readonly name: string;
    readonly version: string;
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  readonly tarball: Uint8Array;
}

/** A registry that listens. */
export interface NpmRegistry extends AsyncDisposable {
  /** What the scope's registry is set to. */
  readonly url: string;
}

/** Serves packages on a free port. */
export async function serveNpm(packages: readonly NpmPackage[]): Promise<NpmRegistry> {
  const byPath = new Map(packages.map((one) => [`/${one.manifest.name}`, one]));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, "http://registry").pathname);
    const found = byPath.get(path.replace(TARBALL, ""));
    if (found === undefined) response.writeHead(404).end();
    else response.end(TARBALL.test(path) ? found.tarball : JSON.stringify(packument(found, url)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${url}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a registry says of a package: its versions, and where they are. */
function packument({ manifest, tarball }: NpmPackage, url: string): object {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  const dist = { tarball: `${url}/${name}.tgz`, integrity };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
}

/** A package that `npm pack` or `deno pack` left in a file. */
export function readTarball(file: string): NpmPackage {
  return {
    manifest: JSON.parse(tar(["-xzOf", file, "package/package.json"]).toString()),
    tarball: readFileSync(file),
  };
}

/** A package of one module, packed. */
export function packModule(name: string, version: string, source: string): NpmPackage {
  const folder = mkdtempSync(join(tmpdir(), "sotto-tarball-"));
  try {
    const manifest = { name, version, type: "module", exports: "./mod.js" };
    mkdirSync(join(folder, "package"));
    writeFileSync(join(folder, "package", "package.json"), JSON.stringify(manifest));
    writeFileSync(join(folder, "package", "mod.js"), source);
    return { manifest, tarball: tar(["-czC", folder, "package"]) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function tar(args: readonly string[]): Buffer {
  return execFileSync("tar", args, { maxBuffer: 1 << 28 });
}
