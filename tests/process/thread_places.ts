/** Makes a session without being told of threads, and prints on which processors each thread of the process may run. */
import { readdirSync, readFileSync } from "node:fs";
import { openLibrary } from "../../ffi/library.ts";
import { Session } from "../../ffi/session.ts";
import { defaultThreads } from "../../ffi/threads.ts";
import { GraphBuilder } from "../../lib/model/onnx_writer.ts";

const library = await openLibrary();
const graph = new GraphBuilder();
graph.input("x", "float32", [1]);
graph.node("Identity", ["x"], {}, ["y"]);
graph.output("y", "float32", [1]);
using _session = await Session.create(library, graph.finish("identity"), { provider: "cpu" });
const places = readdirSync("/proc/self/task").map((id) =>
  /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync(`/proc/self/task/${id}/status`, "utf8"))![1]
);
console.log(JSON.stringify({ threads: defaultThreads(library.ffi), places: [...new Set(places)] }));
