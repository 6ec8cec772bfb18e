/**
 * Lists of what waits, which change at every step of the decoder. They are no Sets: V8 gives a Set that is emptied a new
 * table, to which the old one points. Once one of them is old, all that follow stay until the whole heap is collected.
 */

/** Takes an item out of a list; says whether it was there. */
export function removeItem<Item>(list: Item[], item: Item): boolean {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}
