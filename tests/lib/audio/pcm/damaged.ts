/** Reads a file that was damaged in many ways, each the same in every run. */
export async function readDamaged(
  whole: Uint8Array<ArrayBuffer>,
  read: (file: Uint8Array<ArrayBuffer>) => Promise<unknown>,
): Promise<void> {
  let state = 1;
  const random = (below: number) => (state = state * 48271 % 2147483647) % below;
  for (let round = 0; round < 2000; round++) {
    const damaged = whole.slice(0, random(whole.length) + 1);
    for (let i = 0; i < 3; i++) damaged[random(damaged.length)] = random(256);
    await read(damaged);
  }
}
