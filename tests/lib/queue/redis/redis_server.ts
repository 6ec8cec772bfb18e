/** A Redis of a test's own, on a free port, that keeps its data in files. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../../../harness.ts";

/** Why tests of the queue are skipped, if they are. */
export const { missing: missingRedis } = program("redis-server");

/** A Redis that runs, or does not. */
export class RedisServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #flags: readonly string[];
  readonly port: number;
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number, flags: readonly string[]) {
    this.#folder = folder;
    this.port = port;
    this.#flags = flags;
  }

  /** @param flags More of Redis' own, as `--requirepass`. */
  static async start(...flags: string[]): Promise<RedisServer> {
    const server = new RedisServer(await mkdtemp(join(tmpdir(), "sotto-redis-")), await freePort(), flags);
    await server.run();
    return server;
  }

  /** Its address. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Runs it, with what it kept. */
  async run(): Promise<void> {
    const child = spawn("redis-server", [
      ...["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder, "--save", ""],
      ...["--appendonly", "yes", "--appendfsync", "always", ...this.#flags],
    ], { stdio: "ignore" });
    this.#child = child;
    const { promise, reject } = Promise.withResolvers<never>();
    child.on("exit", () => reject(new Error("redis-server ended before it listened")));
    await Promise.race([this.#answers(), promise]);
    promise.catch(() => {});
  }

  async #answers(): Promise<void> {
    while (!await canPing(this.port)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Ends it at once, as a failing machine would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const gone = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Whether Redis answers: it says `LOADING` while it reads what it kept. */
function canPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.on("data", (bytes) => {
      socket.destroy();
      resolve(/^\+PONG|^-NOAUTH/.test(String(bytes)));
    });
    socket.on("error", () => resolve(false));
  });
}

/** Gives a port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
