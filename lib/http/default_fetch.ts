/** The server that is run as a module: told by the environment, and made when the first request comes. */
import process from "node:process";
import type { OfficialName } from "../../mod.ts";
import { ApiError, errorResponse } from "./api_error.ts";
import type { Handler } from "./handler.ts";
import type { HandlerOptions } from "./handler_options.ts";
import { isLoopback } from "./loopback.ts";

/** Gives what answers requests. */
export function defaultFetch(
  createHandler: (options: HandlerOptions) => Handler,
): (request: Request, server?: unknown) => Promise<Response> {
  let handler: Handler | undefined;
  return async (request, server) => {
    const { options, isOpen } = settings();
    handler ??= createHandler(options);
    // The runtime listens wherever it was told to: without a key, others are not let in.
    if (isOpen || isLoopback(peerOf(request, server))) return await handler(request, server);
    return errorResponse(
      new ApiError("Only this machine is answered: set SOTTO_API_KEY, or SOTTO_NO_AUTH=1", {
        status: 403,
        code: "forbidden",
      }),
    );
  };
}

function settings(): { options: HandlerOptions; isOpen: boolean } {
  const { SOTTO_MODELS, SOTTO_API_KEY, SOTTO_NO_AUTH } = process.env;
  const models = SOTTO_MODELS?.split(",").map((name) => name.trim()) as OfficialName[] | undefined;
  return {
    options: { ...(models && { models }), ...(SOTTO_API_KEY && { apiKeys: [SOTTO_API_KEY] }) },
    isOpen: Boolean(SOTTO_API_KEY) || SOTTO_NO_AUTH === "1",
  };
}

/** The address of the other end, as Deno and as Bun tell it. */
function peerOf(request: Request, server: unknown): string {
  const { remoteAddr, requestIP } = Object(server) as {
    remoteAddr?: { hostname?: string };
    requestIP?: (request: Request) => { address: string } | null;
  };
  return remoteAddr?.hostname ?? requestIP?.call(server, request)?.address ?? "";
}
