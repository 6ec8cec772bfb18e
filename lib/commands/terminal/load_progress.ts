/**
 * Shows on stderr how far a load is: bytes, rate and time left, on the CLI's progress bar.
 */
import type { LoadProgress } from "../../checkpoint/progress.ts";
import { LOAD_FLAGS } from "../flags/load_settings.ts";
import { nameFlags } from "../flags/name_flags.ts";
import { formatBytes, formatDuration, formatReached } from "./quantities.ts";
import type { Terminal } from "../command.ts";
import { ProgressBar } from "./progress_bar.ts";

/** The words of each phase. */
const VERBS: Record<LoadProgress["phase"], string> = {
  verify: "Verifying",
  download: "Downloading",
  prepare: "Preparing",
  load: "Loading",
};

/** Progress of one load on a terminal. */
export interface LoadProgressView {
  /** For the option `onProgress`. */
  onProgress(progress: LoadProgress): void;
  /** For the option `onWarning`. */
  onWarning(message: string): void;
  /** Wipes the bar. */
  end(): void;
}

/**
 * Starts to show a load.
 *
 * @param name What is loaded.
 * @param now A clock in milliseconds.
 */
export function showLoadProgress(terminal: Terminal, name: string, now?: () => number): LoadProgressView {
  const bar = new ProgressBar(terminal, { now });
  return {
    onProgress(progress) {
      const { phase, loaded, total } = progress;
      const fraction = total ? loaded / total : 0;
      bar.update({ text: `${VERBS[phase]} ${name}`, fraction, figures: formatFigures(progress) });
    },
    onWarning: (message) => bar.above(() => terminal.err(`${nameFlags(message, LOAD_FLAGS)}\n`)),
    end: () => bar.clear(),
  };
}

/** Writes `72.0 MB of 145 MB, 12.0 MB/s, 0:07 left`, without what is not known. */
export function formatFigures({ loaded, total, rate, eta }: LoadProgress): string {
  return [
    formatReached(loaded, total, formatBytes),
    ...(rate === undefined ? [] : [`${formatBytes(rate)}/s`]),
    ...(eta === undefined ? [] : [`${formatDuration(eta)} left`]),
  ].join(", ");
}
