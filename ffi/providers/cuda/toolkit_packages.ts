/** Which packages have the libraries of NVIDIA's toolkit that ONNX Runtime's CUDA provider is linked with. */

/** Python's packages, by the beginning of the name of a library. */
const PACKAGES: Readonly<Record<string, string>> = {
  libcudart: "nvidia-cuda-runtime",
  libcublas: "nvidia-cublas",
  libcublasLt: "nvidia-cublas",
  libcurand: "nvidia-curand",
  libcufft: "nvidia-cufft",
  libcusparse: "nvidia-cusparse",
  libcusolver: "nvidia-cusolver",
  libnvrtc: "nvidia-cuda-nvrtc",
  libnvJitLink: "nvidia-nvjitlink",
  libcudnn: "nvidia-cudnn",
};

/** Up to this version of CUDA the names of all packages end in it, as `-cu12`. */
const LAST_SUFFIXED = 12;

/** Those whose names always do. */
const SUFFIXED = ["nvidia-cudnn"];

/** Gives Python's package of a library, for a version of CUDA; nothing where it is none of the toolkit's. */
export function toolkitPackage(library: string, cudaVersion: number): string | undefined {
  const [name] = library.split(".");
  if (!Object.hasOwn(PACKAGES, name)) return undefined;
  const found = PACKAGES[name];
  return cudaVersion <= LAST_SUFFIXED || SUFFIXED.includes(found) ? `${found}-cu${cudaVersion}` : found;
}
