/** A terminal that remembers what is written to it. */
import type { Terminal } from "../../../../lib/commands/command.ts";

/** A terminal and what was written. */
export interface FakeTerminal extends Terminal {
  readonly written: { out: string; err: string };
}

/** Makes a terminal of 80 columns that is none, unless told otherwise. */
export function fakeTerminal(changes: Partial<Terminal> = {}): FakeTerminal {
  const written = { out: "", err: "" };
  return {
    written,
    out: (text) => written.out += text,
    err: (text) => written.err += text,
    interactive: false,
    columns: 80,
    signal: new AbortController().signal,
    ...changes,
  };
}
