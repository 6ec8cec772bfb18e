/** Random numbers from a seed, the same on every runtime. */
export { seededNormal, seededUniform } from "../lib/doctor/random_weights.ts";
