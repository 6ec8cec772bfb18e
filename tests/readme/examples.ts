/** The examples of a page: its code blocks, its command lines, and what its tables of options show. */

/** A piece of a page that can be run. */
export interface Example {
  /** Where it stands: its section and line. */
  readonly place: string;
  /** What it is: a module, a command line, options of `transcribe`, an expression. */
  readonly kind: "module" | "command" | "options" | "expression";
  /** Its text. */
  readonly text: string;
}

/** The sections whose tables and code in sentences are examples too. */
const WHOLE_SECTIONS = ["Voice activity", "Segments and subtitles", "Names", "Alignment"];

/** Finds the examples. */
export function examplesIn(page: string): Example[] {
  const lines = page.replaceAll("\r\n", "\n").split("\n");
  const found: Example[] = [];
  let section = "", fence: { language: string; at: number } | undefined;
  for (const [i, line] of lines.entries()) {
    const place = `${section}, line ${i + 1}`;
    const opening = /^```(\w*)/.exec(line);
    if (fence !== undefined) {
      if (line !== "```") continue;
      found.push(...blockExamples(fence.language, lines.slice(fence.at + 1, i), place));
      fence = undefined;
    } else if (opening) {
      fence = { language: opening[1], at: i };
    } else if (line.startsWith("## ")) {
      section = line.slice(3);
    } else {
      const spans = [...line.matchAll(/`([^`]+)`/g)].map(([, span]) => span);
      found.push(...spans.filter(isCommand).map((text): Example => ({ place, kind: "command", text })));
      if (!WHOLE_SECTIONS.includes(section)) continue;
      const [, option] = /^\|([^|]+)\|/.exec(line) ?? [];
      if (option !== undefined) {
        found.push(...[...option.matchAll(/`([^`]+)`/g)].map(([, text]) => optionExample(text, place)));
      } else {
        found.push(
          ...spans.filter((span) => /^(?:model\.|transcribe)\w*\(.+\)$/.test(span))
            .map((text): Example => ({ place, kind: "expression", text })),
        );
      }
    }
  }
  return found;
}

function blockExamples(language: string, lines: readonly string[], place: string): Example[] {
  if (language === "ts") return [{ place, kind: "module", text: lines.join("\n") }];
  if (language !== "sh") return [];
  return lines.map((line) => line.replace(/\s+#.*$/, "")).filter((line) => line !== "")
    .map((text) => ({ place, kind: "command", text }));
}

/** A command line in a sentence names a file; else it is the name of a command. */
function isCommand(span: string): boolean {
  return /^sotto (?:\S+ )*\w+\.\w+/.test(span);
}

/** What a table shows is a flag, or options of `transcribe`. */
function optionExample(text: string, place: string): Example {
  return text.startsWith("-")
    ? { place, kind: "command", text: `sotto talk.mp3 ${text}` }
    : { place, kind: "options", text: `{ ${text} }` };
}

/** Cuts a command line into words as a shell does: at spaces that are not quoted. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ""));
}
