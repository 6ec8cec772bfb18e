/**
 * What a system is asked to do in a process of its own, and what it says it took. A job goes in as JSON, the one
 * argument of a runner (`runners/`). Out come lines of JSON: `{"text": …}` as soon as there is a text, so that the
 * time from the start of the process is seen from outside, and at the end a `Measurement`, or an `Unsupported`.
 */

/** One process's work. */
export interface Job {
  /** An official name or the path of a checkpoint; for a peer with weights of its own layout, their folder. */
  readonly model: string;
  /** The path of a WAV file, mono, 16 kHz. */
  readonly audio: string;
  readonly precision: string;
  /** 1 is greedy. */
  readonly beam: number;
  /** Windows decoded together; 0 is one after the other, each with the text before it as context. */
  readonly batch: number;
  readonly threads: number;
  /** Times to transcribe. */
  readonly repeat: number;
  /** Whether to load once more at the end. */
  readonly secondLoad: boolean;
  readonly words: boolean;
  /** Options of ours that are passed on only when asked for. */
  readonly verify?: string;
  readonly audioContext?: string;
  /** Transcribe this many times one after the other, then all at once (ours only). */
  readonly atOnce?: number;
  /** Keep the model and wait for the end of standard input, so that memory can be read (ours only). */
  readonly hold?: boolean;
}

/** What a process took: seconds and bytes. */
export interface Measurement {
  /** Name and version of what ran. */
  readonly version: string;
  readonly import: number;
  readonly load: number;
  /** The second load in the same process, with everything cached. */
  readonly secondLoad?: number;
  /** From the call to the first segment; a system that gives only the whole text has none. */
  readonly firstText?: number;
  /** Each time. */
  readonly transcribe: readonly number[];
  readonly oneAfterTheOther?: number;
  readonly atOnce?: number;
  readonly text: string;
  /** Highest resident memory until the text was there; where the system tells it (Linux). */
  readonly peakRss?: number;
}

/** Why a system does not do a job. */
export interface Unsupported {
  readonly unsupported: string;
}

/** A measurement, with what was seen from outside. */
export interface ProcessMeasurement extends Measurement {
  /** From the start of the process to its first text. */
  readonly startToText: number;
}
