/**
 * What the graphs are that models are prepared from: a digest of those of a small checkpoint, for every choice of
 * operators. A test compares it and gives the new one; with it, models are prepared anew.
 */
export const GRAPHS_DIGEST = "cd1ca6e5c69204c3";

/** Counted up when what is prepared from the same graphs changes. */
export const PREPARATION = 2;
