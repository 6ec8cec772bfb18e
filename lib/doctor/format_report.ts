/** Facts and faults as people read them. */
import type { Fact, Facts, ModelFacts } from "./facts.ts";
import type { Fault } from "./find_faults.ts";

type Row = readonly [label: string, text: string];

const LABEL_WIDTH = 14;

/** Writes a report, with lines of at most `columns` characters where words allow. */
export function formatReport(facts: Facts, faults: readonly Fault[], columns = 80): string {
  const sections: [title: string, rows: Row[]][] = [
    [`Sotto ${show(facts.sotto, (version) => version)}`, runtimeRows(facts)],
    ["ONNX Runtime", libraryRows(facts)],
    ["Processor", processorRows(facts)],
    ["Cache", cacheRows(facts)],
    ["Audio", [["ffmpeg", show(facts.ffmpeg, (version) => version ?? "none")]]],
  ];
  if (facts.selfTest !== undefined) sections.push(["Self-test", [selfTestRow(facts.selfTest)]]);
  const text = sections.map(([title, rows]) =>
    `${title}\n${rows.map((row) => formatRow(row, columns)).join("")}`
  );
  return `${text.join("\n")}\n${formatFaults(faults, columns)}`;
}

function show<T>(fact: Fact<T>, text: (value: T) => string): string {
  return "value" in fact ? text(fact.value) : `unknown: ${fact.failure}`;
}

function runtimeRows({ runtime, permissions, std }: Facts): Row[] {
  const rows: Row[] = [[
    "Runtime",
    show(runtime, ({ name, version, platform, arch }) => `${name} ${version}, ${platform} ${arch}`),
  ]];
  rows.push([
    "Permissions",
    show(permissions, (all) => {
      const missing = all.filter(({ isGranted }) => !isGranted).map(({ flag }) => flag);
      return missing.length === 0 ? "all that are used" : `without ${[...new Set(missing)].join(", ")}`;
    }),
  ]);
  rows.push([
    "@std",
    show(
      std,
      (modules) =>
        Object.entries(modules).map(([name, from]) =>
          from === "@std" ? `${name} from JSR` : `${name} built into the runtime`
        ).join(", "),
    ),
  ]);
  return rows;
}

function libraryRows({ library, gpu }: Facts): Row[] {
  const rows: Row[] = "failure" in library ? [["Library", "none, for the reason below"]] : [
    ["Library", library.value.path],
    ["Version", library.value.version],
    ["Providers", library.value.providers.join(", ")],
    ["Telemetry", library.value.telemetryOff ? "off" : "on"],
  ];
  rows.push([
    "GPU",
    show(gpu, ({ isReady, driverVersion, reason, devices }) => {
      if (!isReady) return `none: ${reason ?? "there is no driver"}`;
      return `${devices.join("; ")}; the driver knows CUDA ${driverVersion ?? "of an unknown version"}`;
    }),
  ]);
  return rows;
}

function processorRows({ processor, int8, threads, library }: Facts): Row[] {
  const rows: Row[] = [["Instructions", show(processor, (description) => description)]];
  // What could not be asked of the library is told once.
  if ("value" in library) {
    rows.push([
      "int8",
      show(int8, ({ byteProducts, operators }) => {
        const list = Object.entries(operators).map(([part, name]) => `${part} ${name}`).join(", ");
        return `products of bytes are ${byteProducts}: ${list}`;
      }),
    ]);
  }
  return [
    ...rows,
    [
      "Cores",
      show(threads, ({ cores, byDefault }) => `${cores}; a model takes ${count(byDefault, "thread")}`),
    ],
  ];
}

function cacheRows({ cache }: Facts): Row[] {
  if ("failure" in cache) return [["Folder", `unknown: ${cache.failure}`]];
  const { folder, freeBytes, isWritable, models } = cache.value;
  const free = freeBytes === undefined ? "" : `, ${formatBytes(freeBytes)} free`;
  return [
    ["Folder", `${folder}${free}${isWritable ? "" : ", read-only"}`],
    ["Models", models.length === 0 ? "none" : models.map(describeModel).join("; ")],
  ];
}

function describeModel({ name, bytes, isComplete, prepared }: ModelFacts): string {
  const size = `${formatBytes(bytes)}${isComplete ? "" : " of it"}`;
  const kept = prepared.map((each) =>
    `prepared in ${each.precision} for ${each.library}, ${formatBytes(each.bytes)}`
  );
  return `${name} (${[size, ...kept].join("; ")})`;
}

function selfTestRow(selfTest: NonNullable<Facts["selfTest"]>): Row {
  return [
    "Random model",
    show(
      selfTest,
      ({ seconds, isRight }) =>
        `${isRight ? "right" : "wrong"}: loaded and transcribed in ${seconds.toFixed(1)} s`,
    ),
  ];
}

function formatRow([label, text]: Row, columns: number): string {
  return wrap(text, columns, `  ${label.padEnd(LABEL_WIDTH)}`, " ".repeat(LABEL_WIDTH + 2));
}

function formatFaults(faults: readonly Fault[], columns: number): string {
  if (faults.length === 0) return "Nothing is wrong.\n";
  const titles = { problem: "Problems", note: "Notes" } as const;
  return (["problem", "note"] as const).map((level) => {
    const found = faults.filter((fault) => fault.level === level);
    if (found.length === 0) return "";
    const lines = found.map(({ what, fix }) =>
      wrap(what, columns, "  - ", "    ") + wrap(fix, columns, "    → ", "      ")
    );
    return `${titles[level]}\n${lines.join("")}`;
  }).filter((text) => text !== "").join("\n");
}

function wrap(text: string, columns: number, first: string, next: string): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(/\s+/)) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = next;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return `${[...lines, line].join("\n")}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function formatBytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
