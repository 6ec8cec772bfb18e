/**
 * ONNX Runtime's C API, as far as it is called. The library exports one symbol; everything else is a position
 * in a struct of function pointers, and positions never change once released
 * (`onnxruntime_c_api.h`, struct `OrtApi`; the assertions in `onnxruntime_c_api.cc` pin them).
 */
import type { ParameterType } from "./types.ts";

/**
 * What a function gives back: `status` is an `OrtStatus*` that the gate turns into an error, `void` is nothing,
 * the others are values.
 */
export type OrtResult = "status" | "pointer" | "i32" | "void";

/** One entry of the table. */
export interface OrtFunction {
  /** Position in struct `OrtApi`. */
  readonly index: number;
  readonly parameters: readonly ParameterType[];
  readonly result: OrtResult;
  /** Whether it runs off the event loop. It then takes addresses of native memory only, which outlives an isolate. */
  readonly nonblocking?: true;
}

/** `struct OrtApiBase`: two function pointers. */
export const ORT_API_BASE = {
  GetApi: { offset: 0, parameters: ["i32"], result: "pointer" }, // const OrtApi*(uint32_t version)
  GetVersionString: { offset: 8, parameters: [], result: "pointer" }, // const char*(void)
} as const;

/** The functions called, by their C names. */
export const ORT_API = {
  GetErrorCode: {
    index: 1,
    parameters: ["pointer"], // const OrtStatus* status
    result: "i32", // OrtErrorCode
  },
  GetErrorMessage: {
    index: 2,
    parameters: ["pointer"], // const OrtStatus* status
    result: "pointer", // const char*
  },
  CreateEnv: {
    index: 3,
    parameters: [
      "i32", // OrtLoggingLevel log_severity_level
      "buffer", // const char* logid
      "buffer", // OrtEnv** out
    ],
    result: "status",
  },
  DisableTelemetryEvents: {
    index: 6,
    parameters: ["pointer"], // const OrtEnv* env
    result: "status",
  },
  CreateSessionFromArray: {
    index: 8,
    parameters: [
      "pointer", // const OrtEnv* env
      "pointer", // const void* model_data
      "usize", // size_t model_data_length
      "pointer", // const OrtSessionOptions* options
      "pointer", // OrtSession** out
    ],
    result: "status",
    nonblocking: true,
  },
  CreateSessionOptions: {
    index: 10,
    parameters: ["buffer"], // OrtSessionOptions** options
    result: "status",
  },
  SetOptimizedModelFilePath: {
    index: 11,
    parameters: [
      "pointer", // OrtSessionOptions* options
      "buffer", // const ORTCHAR_T* optimized_model_filepath
    ],
    result: "status",
  },
  DisableMemPattern: {
    index: 17,
    parameters: ["pointer"], // OrtSessionOptions* options
    result: "status",
  },
  SetSessionGraphOptimizationLevel: {
    index: 23,
    parameters: [
      "pointer", // OrtSessionOptions* options
      "i32", // GraphOptimizationLevel graph_optimization_level
    ],
    result: "status",
  },
  SetIntraOpNumThreads: {
    index: 24,
    parameters: [
      "pointer", // OrtSessionOptions* options
      "i32", // int intra_op_num_threads
    ],
    result: "status",
  },
  CreateRunOptions: {
    index: 39,
    parameters: ["buffer"], // OrtRunOptions** out
    result: "status",
  },
  RunOptionsSetTerminate: {
    index: 46,
    parameters: ["pointer"], // OrtRunOptions* options
    result: "status",
  },
  CreateTensorAsOrtValue: {
    index: 48,
    parameters: [
      "pointer", // OrtAllocator* allocator
      "buffer", // const int64_t* shape
      "usize", // size_t shape_len
      "i32", // ONNXTensorElementDataType type
      "buffer", // OrtValue** out
    ],
    result: "status",
  },
  CreateTensorWithDataAsOrtValue: {
    index: 49,
    parameters: [
      "pointer", // const OrtMemoryInfo* info
      "pointer", // void* p_data
      "usize", // size_t p_data_len
      "buffer", // const int64_t* shape
      "usize", // size_t shape_len
      "i32", // ONNXTensorElementDataType type
      "buffer", // OrtValue** out
    ],
    result: "status",
  },
  GetTensorMutableData: {
    index: 51,
    parameters: [
      "pointer", // OrtValue* value
      "buffer", // void** out
    ],
    result: "status",
  },
  CreateMemoryInfo: {
    index: 68,
    parameters: [
      "buffer", // const char* name
      "i32", // OrtAllocatorType type
      "i32", // int id
      "i32", // OrtMemType mem_type
      "buffer", // OrtMemoryInfo** out
    ],
    result: "status",
  },
  CreateCpuMemoryInfo: {
    index: 69,
    parameters: [
      "i32", // OrtAllocatorType type
      "i32", // OrtMemType mem_type
      "buffer", // OrtMemoryInfo** out
    ],
    result: "status",
  },
  AllocatorAlloc: {
    index: 75,
    parameters: [
      "pointer", // OrtAllocator* ort_allocator
      "usize", // size_t size
      "buffer", // void** out
    ],
    result: "status",
  },
  AllocatorFree: {
    index: 76,
    parameters: [
      "pointer", // OrtAllocator* ort_allocator
      "pointer", // void* p
    ],
    result: "status",
  },
  GetAllocatorWithDefaultOptions: {
    index: 78,
    parameters: ["buffer"], // OrtAllocator** out; it is not to be released
    result: "status",
  },
  ReleaseStatus: {
    index: 93,
    parameters: ["pointer"], // OrtStatus* input
    result: "void",
  },
  ReleaseMemoryInfo: {
    index: 94,
    parameters: ["pointer"], // OrtMemoryInfo* input
    result: "void",
  },
  ReleaseSession: {
    index: 95,
    parameters: ["pointer"], // OrtSession* input
    result: "void",
  },
  ReleaseValue: {
    index: 96,
    parameters: ["pointer"], // OrtValue* input
    result: "void",
  },
  ReleaseRunOptions: {
    index: 97,
    parameters: ["pointer"], // OrtRunOptions* input
    result: "void",
  },
  ReleaseSessionOptions: {
    index: 100,
    parameters: ["pointer"], // OrtSessionOptions* input
    result: "void",
  },
  GetAvailableProviders: {
    index: 125,
    parameters: [
      "buffer", // char*** out_ptr
      "buffer", // int* provider_length
    ],
    result: "status",
  },
  ReleaseAvailableProviders: {
    index: 126,
    parameters: [
      "pointer", // char** ptr
      "i32", // int providers_length
    ],
    result: "status",
  },
  AddSessionConfigEntry: {
    index: 130,
    parameters: [
      "pointer", // OrtSessionOptions* options
      "buffer", // const char* config_key
      "buffer", // const char* config_value
    ],
    result: "status",
  },
  CreateAllocator: {
    index: 131,
    parameters: [
      "pointer", // const OrtSession* session
      "pointer", // const OrtMemoryInfo* mem_info
      "buffer", // OrtAllocator** out
    ],
    result: "status",
  },
  ReleaseAllocator: {
    index: 132,
    parameters: ["pointer"], // OrtAllocator* input
    result: "void",
  },
  RunWithBinding: {
    index: 133,
    parameters: [
      "pointer", // OrtSession* session
      "pointer", // const OrtRunOptions* run_options
      "pointer", // const OrtIoBinding* binding_ptr
    ],
    result: "status",
    nonblocking: true,
  },
  CreateIoBinding: {
    index: 134,
    parameters: [
      "pointer", // OrtSession* session
      "buffer", // OrtIoBinding** out
    ],
    result: "status",
  },
  ReleaseIoBinding: {
    index: 135,
    parameters: ["pointer"], // OrtIoBinding* input
    result: "void",
  },
  BindInput: {
    index: 136,
    parameters: [
      "pointer", // OrtIoBinding* binding_ptr
      "buffer", // const char* name
      "pointer", // const OrtValue* val_ptr
    ],
    result: "status",
  },
  BindOutput: {
    index: 137,
    parameters: [
      "pointer", // OrtIoBinding* binding_ptr
      "buffer", // const char* name
      "pointer", // const OrtValue* val_ptr
    ],
    result: "status",
  },
  CreateAndRegisterAllocator: {
    index: 144,
    parameters: [
      "pointer", // OrtEnv* env
      "pointer", // const OrtMemoryInfo* mem_info
      "pointer", // const OrtArenaCfg* arena_cfg
    ],
    result: "status",
  },
  ReleaseArenaCfg: {
    index: 157,
    parameters: ["pointer"], // OrtArenaCfg* input
    result: "void",
  },
  CreateArenaCfgV2: {
    index: 164,
    parameters: [
      "buffer", // const char* const* arena_config_keys
      "buffer", // const size_t* arena_config_values
      "usize", // size_t num_keys
      "buffer", // OrtArenaCfg** out
    ],
    result: "status",
  },
  AddRunConfigEntry: {
    index: 165,
    parameters: [
      "pointer", // OrtRunOptions* options
      "buffer", // const char* config_key
      "buffer", // const char* config_value
    ],
    result: "status",
  },
  SessionOptionsAppendExecutionProvider_CUDA_V2: {
    index: 204,
    parameters: [
      "pointer", // OrtSessionOptions* options
      "pointer", // const OrtCUDAProviderOptionsV2* cuda_options
    ],
    result: "status",
  },
  CreateCUDAProviderOptions: {
    index: 205,
    parameters: ["buffer"], // OrtCUDAProviderOptionsV2** out
    result: "status",
  },
  UpdateCUDAProviderOptions: {
    index: 206,
    parameters: [
      "pointer", // OrtCUDAProviderOptionsV2* cuda_options
      "buffer", // const char* const* provider_options_keys
      "buffer", // const char* const* provider_options_values
      "usize", // size_t num_keys
    ],
    result: "status",
  },
  ReleaseCUDAProviderOptions: {
    index: 208,
    parameters: ["pointer"], // OrtCUDAProviderOptionsV2* input
    result: "void",
  },
  SessionOptionsAppendExecutionProvider: {
    index: 216,
    parameters: [
      "pointer", // OrtSessionOptions* options
      "buffer", // const char* provider_name
      "buffer", // const char* const* provider_options_keys; null if there are none
      "buffer", // const char* const* provider_options_values; null if there are none
      "usize", // size_t num_keys
    ],
    result: "status",
  },
  GetBuildInfoString: {
    index: 254,
    parameters: [],
    result: "pointer", // const char*
  },
  AddExternalInitializersFromFilesInMemory: {
    index: 279,
    parameters: [
      "pointer", // OrtSessionOptions* options
      "buffer", // const ORTCHAR_T* const* external_initializer_file_names
      "buffer", // char* const* external_initializer_file_buffer_array
      "buffer", // const size_t* external_initializer_file_lengths
      "usize", // size_t num_external_initializer_files
    ],
    result: "status",
  },
  SessionOptionsSetLoadCancellationFlag: {
    index: 293,
    parameters: [
      "pointer", // OrtSessionOptions* options
      "i32", // bool cancel
    ],
    result: "status",
  },
} as const satisfies Record<string, OrtFunction>;

/** `OrtLoggingLevel`: only messages about a crash. Errors come back as statuses. */
export const ORT_LOGGING_LEVEL_FATAL = 4;

/** `ONNXTensorElementDataType`, the ones used, with the array that holds them. */
export const ELEMENT_TYPES = {
  float32: { code: 1, array: Float32Array },
  uint8: { code: 2, array: Uint8Array },
  int8: { code: 3, array: Int8Array },
  int32: { code: 6, array: Int32Array },
  int64: { code: 7, array: BigInt64Array },
  float16: { code: 10, array: Float16Array },
  float64: { code: 11, array: Float64Array },
  // JavaScript has no array of them: their bits.
  bfloat16: { code: 16, array: Uint16Array },
} as const;

/** `GraphOptimizationLevel`. */
export const GRAPH_OPTIMIZATION_LEVELS = { none: 0, basic: 1, extended: 2, all: 99 } as const;
