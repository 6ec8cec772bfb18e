/** OpenAI's realtime clients on Deno, all at once: one of them needs ws, which is looked for when the first comes. */
import "npm:ws@8.23.0";
import { OpenAI } from "npm:openai@6.49.0";
import { OpenAIRealtimeWebSocket } from "npm:openai@6.49.0/realtime/websocket";
import { OpenAIRealtimeWS } from "npm:openai@6.49.0/realtime/ws";

export { OpenAI, OpenAIRealtimeWebSocket, OpenAIRealtimeWS };
