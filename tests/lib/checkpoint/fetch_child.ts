/** A process that fetches one checkpoint and says when it has begun and ended; see `processes_test.ts`. */
import process from "node:process";
import { fetchCheckpoint } from "../../../lib/checkpoint/fetch_checkpoint.ts";
import { fastClock } from "./download/download_fixture.ts";

const { url, sha256, fileName, downloadRoot, stale } = JSON.parse(process.argv[2]);
const seen = { downloading: false };
const file = await fetchCheckpoint({ url: new URL(url), sha256, fileName }, {
  downloadRoot,
  onProgress: ({ phase, loaded }) => seen.downloading ||= phase === "download" && loaded > 0,
}, { ...fastClock(), stale });
process.stdout.write(`${JSON.stringify({ path: file.path, sha256: file.sha256, ...seen })}\n`);
