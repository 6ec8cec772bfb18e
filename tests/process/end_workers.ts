/**
 * Loads models in Workers that end without disposing them, and prints how much memory there is after each.
 * Arguments: `terminate` or `close`, and the path of a checkpoint.
 */
import process from "node:process";

const [how, path] = process.argv.slice(2);
const resident: number[] = [];
for (let round = 0; round < 8; round++) {
  const worker = new Worker(new URL("./ending_worker.ts", import.meta.url).href, { type: "module" });
  const { promise: answer, resolve } = Promise.withResolvers<unknown>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.postMessage(path);
  if (await answer !== "loaded") throw new Error(String(await answer));
  if (how === "close") worker.postMessage("close");
  else worker.terminate();
  await new Promise((resolve) => setTimeout(resolve, 500));
  resident.push(process.memoryUsage().rss / 2 ** 20);
}
console.log(JSON.stringify(resident));
process.exit(0);
