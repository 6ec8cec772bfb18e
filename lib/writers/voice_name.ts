/** Whose voice it is, as far as that is known: a speaker, or a channel. */
export interface Voice {
  readonly channel?: number;
  readonly speaker?: number;
}

/** How a voice is called where people read: by its number, from 0, as results and options count. */
export function voiceName({ channel, speaker }: Voice): string | undefined {
  if (speaker !== undefined) return `Speaker ${speaker}`;
  return channel === undefined ? undefined : `Channel ${channel}`;
}

/** The columns of a table that tell voices, where any of its lines has one. */
export function voiceColumns(lines: readonly Voice[]): readonly (keyof Voice)[] {
  return (["channel", "speaker"] as const).filter((name) => lines.some((line) => line[name] !== undefined));
}
