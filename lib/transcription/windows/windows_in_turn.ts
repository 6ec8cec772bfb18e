/** Transcribes the windows of a recording in turn, each with the text before it as context. */
import type { Clip } from "../clip_timestamps.ts";
import type { PromptHistory } from "../context/prompt.ts";
import { type ClipWindow, transcribeWindow, type WindowContext } from "./transcribe_window.ts";

/** Transcribes one window after the other, each from where the last complete segment ended. */
export async function* windowsInTurn(
  context: WindowContext,
  { clips, prompt, onReached }: {
    readonly clips: readonly Clip[];
    readonly prompt: PromptHistory;
    readonly onReached: () => void;
  },
): AsyncGenerator<ClipWindow, undefined, undefined> {
  const { model: { family: { windowFrames } }, source, settings: { signal, resume } } = context;
  let lastSpeechTimestamp = resume?.lastSpeechTimestamp ?? 0;
  for (let clip = resume?.clip ?? 0; clip < clips.length; clip++) {
    const { start, end } = clips[clip];
    let seek = clip === resume?.clip ? resume.seek : start;
    for (;;) {
      signal?.throwIfAborted();
      const reached = await source.reach(seek + windowFrames);
      onReached();
      const size = Math.min(reached, end) - seek;
      if (size <= 0) break;
      const before = { prompt: prompt.next(), lastSpeechTimestamp };
      const transcribed = await transcribeWindow(context, { seek, size }, before);
      ({ nextSeek: seek, lastSpeechTimestamp } = transcribed);
      yield { clip, transcribed };
    }
  }
}
