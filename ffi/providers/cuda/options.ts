/** What CUDA may be told, and what ONNX Runtime calls it. */

/** What CUDA may be told. */
export interface CudaOptions {
  /** The most bytes of a device's memory that each of a model's two sessions takes. Default: all there are. */
  readonly memoryLimit?: number;
  /**
   * How much is taken when more memory is wanted: as much as that, or as much as makes the next power of two.
   *
   * @default {"same-as-requested"}
   */
  readonly arenaExtendStrategy?: "same-as-requested" | "next-power-of-two";
  /**
   * How cuDNN's algorithm for a convolution is found: by rules; by trying all of them, which takes a while for each new
   * number of windows; or not at all.
   *
   * @default {"heuristic"}
   */
  readonly cudnnSearch?: "heuristic" | "exhaustive" | "default";
}

/** Values of `cudnnSearch`. */
export const CUDNN_SEARCHES = ["heuristic", "exhaustive", "default"] as const;

/** Values of `arenaExtendStrategy`, and ONNX Runtime's. */
export const ARENA_EXTEND_STRATEGIES = {
  "same-as-requested": "kSameAsRequested",
  "next-power-of-two": "kNextPowerOfTwo",
} as const;

/** The options as ONNX Runtime takes them. */
export function providerOptions(
  deviceId: number,
  { memoryLimit, arenaExtendStrategy = "same-as-requested", cudnnSearch = "heuristic" }: CudaOptions = {},
): Record<string, string> {
  return {
    device_id: String(deviceId),
    ...memoryLimit !== undefined && { gpu_mem_limit: String(memoryLimit) },
    arena_extend_strategy: ARENA_EXTEND_STRATEGIES[arenaExtendStrategy],
    cudnn_conv_algo_search: cudnnSearch.toUpperCase(),
    // Products of float32 are those of float32, not of 10 bits.
    use_tf32: "0",
  };
}
