/** How long tests took, told from what Deno and Bun print. */

/** The seconds of each file, by its path. Deno tells them of groups, to the second; Bun tells them of tests. */
export function secondsOfFiles(output: string): Map<string, number> {
  const files = new Map<string, number>();
  let file = "";
  for (const line of output.split("\n")) {
    const heading = /^running \d+ tests? from (.*)$|^(\S.*_test\.ts):$/.exec(line);
    if (heading) file = (heading[1] ?? heading[2]).replaceAll("\\", "/").replace(/^\.\//, "");
    const group = /^\S.* \.\.\. (?:ok|FAILED)\b.* \((?:(\d+)m)?([\d.]+)(m?s)\)$/.exec(line);
    const test = /^\((?:pass|fail)\) .*\[([\d.]+)ms\]$/.exec(line);
    const seconds = group
      ? 60 * Number(group[1] ?? 0) + Number(group[2]) * (group[3] === "ms" ? 1e-3 : 1)
      : Number(test?.[1] ?? 0) / 1000;
    if (file !== "") files.set(file, (files.get(file) ?? 0) + seconds);
  }
  return files;
}
