/** Limits of src/binlog, each with its unit in its name and its reason. */

/**
 * Compressed bytes that are decompressed before what they hold is handed on: small enough that the keys made of one
 * piece stay a few megabytes even where the data compresses a hundredfold, large enough that the call costs nothing.
 */
export const payloadPieceBytes = 16 * 1024;

/** Longest event that is accepted inside a compressed transaction: the largest `max_allowed_packet` a server can have. */
export const innerEventBytesMax = 1024 * 1024 * 1024;

/** Largest zstd window that is accepted, which is memory of ours: what the server's highest compression level uses. */
export const zstdWindowBytesMax = 128 * 1024 * 1024;

/** Table definitions remembered between transactions. Ids never repeat, so that old ones would pile up for ever. */
export const tableMapsRememberedMax = 1_000;

/** Length of a GTID tag, as the server has it. */
export const gtidTagCharactersMax = 32;
