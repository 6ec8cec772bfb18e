/** The examples that are not run here, each known by a part of its text, and why. */
export const NOT_RUN: ReadonlyMap<string, string> = new Map([
  ["deno task", "runs this very suite, or what it proves"],
  ["arecord", "hears a microphone"],
  ["rtsp://", "wants a camera"],
  ["sotto serve", "serves until it is stopped: tests/lib/commands/serve_test.ts"],
  ["--redis", "wants a Redis: tests/lib/queue"],
  ["curl ", "asks that server"],
  ["model.stream(process.stdin", "hears a microphone"],
  ["dirname(process.execPath)", "wants the library beside a program: tests/package/bundle_test.ts"],
  ["createHandler(", "serves until it is stopped: tests/lib/http"],
]);
