/**
 * How much a checkpoint may ask for before it is refused. Each limit is several times what any published
 * Whisper checkpoint needs and keeps the work on a hostile one far below a second and 256 MB.
 */

/** Entries of a zip, one a tensor: large-v3 has 1,259, and two optimizer states triple that. */
export const MAX_ENTRIES = 8192;

/** Bytes of a zip's central directory: about 70 an entry. */
export const MAX_DIRECTORY_BYTES = 1 << 20;

/** Bytes of `data.pkl`: large-v3 has about 150 KB. */
export const MAX_PICKLE_BYTES = 1 << 20;

/** Opcodes of a pickle, each of which may make an object: large-v3 has about 37,000. */
export const MAX_PICKLE_OPCODES = 1 << 17;

/** Bytes of an integer in a pickle: those of Python's 64-bit sizes, twice. */
export const MAX_PICKLE_INTEGER_BYTES = 16;

/** Bytes of a JSON file or header: large-v3 has about 170 KB. */
export const MAX_JSON_BYTES = 1 << 21;

/** Bytes of `tokenizer.json`: those of the official vocabularies have 4 MB at most. */
export const MAX_TOKENIZER_BYTES = 1 << 23;

/** Characters of a token that was added to a vocabulary. */
export const MAX_TOKEN_TEXT = 256;

/** Values of a JSON text: a safetensors header has eight a tensor. */
export const MAX_JSON_VALUES = 1 << 16;

/** Nesting of a JSON text: a safetensors header has 3 levels, a configuration about 4. */
export const MAX_JSON_DEPTH = 16;

/** Dimensions of a tensor: Whisper's have up to 3. */
export const MAX_TENSOR_RANK = 8;

/** Any one of a model's dimensions: the largest published is the vocabulary, 51,866 tokens. */
export const MAX_DIMENSION = 1 << 20;

/** Layers of the encoder or the decoder: the largest published have 32. */
export const MAX_LAYERS = 256;

/** Files of one checkpoint: large-v3 in float32 comes in two. */
export const MAX_SHARDS = 64;

/** Float32 bytes of a model whose tensors share bytes, beyond which they are weighed: no harm to any machine. */
export const MAX_SHARED_BYTES = 1 << 28;

/**
 * How many bytes a model may take for each distinct byte of its files: float16 doubles as float32, and each
 * tensor may stand in four places. Models that share their layers exist, but none of Whisper was published.
 */
export const MAX_EXPANSION = 8;
