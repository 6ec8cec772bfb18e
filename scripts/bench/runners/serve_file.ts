/** Serves a file on loopback, whatever is asked for, and writes the port. */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { pipeline } from "node:stream/promises";

const [file] = process.argv.slice(2);
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-length": statSync(file).size });
  pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), response).catch(() => {});
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
