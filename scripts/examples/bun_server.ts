/**
 * A server on Bun that OpenAI's clients work against, for those who have a key.
 *
 *     SOTTO_API_KEY=secret PORT=8000 bun bun_server.ts [model]
 *     curl localhost:8000/v1/audio/transcriptions -H "authorization: Bearer secret" -F file=@talk.mp3
 */
import process from "node:process";
import { createHandler } from "@sotto/whisper/server";

const { SOTTO_API_KEY, PORT = "8000" } = process.env;
if (!SOTTO_API_KEY) {
  console.error("Usage: SOTTO_API_KEY=… [PORT=8000] bun_server.ts [MODEL]");
  process.exit(2);
}
const [name = "base"] = process.argv.slice(2);

const handler = createHandler({
  models: { [name]: name },
  apiKeys: [SOTTO_API_KEY],
  preload: true,
  onLog: console.error,
});

process.once("SIGTERM", async () => {
  // What was taken in comes to its end.
  await handler.close();
  process.exit();
});

// What Bun serves. A long recording takes its time.
export default {
  hostname: "127.0.0.1",
  port: Number(PORT),
  idleTimeout: 255,
  fetch: handler,
  websocket: handler.websocket,
};
