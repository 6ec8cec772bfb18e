/**
 * Gives the options as they are now, for a call that waits before it looks at them: whoever calls may write to them
 * meanwhile. What is no object of options comes back as it is, for the check to refuse.
 */
export function optionsAtCall<Options extends object>(options: Options): Options {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  return isObject ? { ...options } : options;
}
