/**
 * A Hono app with OpenAI's transcription API mounted in it, beside routes of its own.
 *
 *     deno add npm:hono && deno serve -A hono_app.ts        (or: bun add hono && bun hono_app.ts)
 */
import process from "node:process";
import { Hono } from "hono";
import { createHandler } from "@sotto/whisper/server";

const { MODEL = "base" } = process.env;
const transcriptions = createHandler({ models: { [MODEL]: MODEL }, page: false, onLog: console.error });

const app = new Hono();
app.get("/", (context) => context.text("POST a recording to /v1/audio/transcriptions"));
app.all("/v1/*", (context) => transcriptions(context.req.raw));

export default app;
