/** How a channel is called where people read: by its number, from 0, as the options count. */
export function channelName(channel: number): string {
  return `Channel ${channel}`;
}
