/** A handler that listens on loopback while a test runs. */
import { createHandler, type Handler, type HandlerOptions } from "../../../lib/server.ts";
import { listen, type ListenOptions } from "../../../lib/http/node/listen.ts";

/** A server that listens. */
export interface Serving {
  readonly base: string;
  readonly port: number;
  readonly handler: Handler;
}

/** Serves while `use` runs. */
export async function whileServing(
  options: HandlerOptions,
  use: (serving: Serving) => Promise<void>,
  limits: Partial<ListenOptions> = {},
): Promise<void> {
  const handler = createHandler(options);
  const where = { host: "127.0.0.1", port: 0, headersTimeout: 15, requestTimeout: 600, ...limits };
  const server = await listen(handler, where);
  try {
    await use({ base: `http://127.0.0.1:${server.port}`, port: server.port, handler });
  } finally {
    await server.close(handler.close({ timeout: 0 }));
  }
}
