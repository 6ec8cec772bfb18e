/** Changes that no test can see, by the file and the line they are made in, each with the reason. */
export const SURVIVORS: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
