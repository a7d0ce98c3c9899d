/** Limits of rows on their way between two servers, each with its unit in its name and its reason. */

/** Whole seconds that one server waits while the other is slow, before it ends the session: longer than any lock wait. */
export const transferSilenceSeconds = 60;
/** One packet of data for LOAD DATA: large enough that packets do not count, small enough for any max_allowed_packet. */
export const loadPacketBytes = 16_000;
/** Data that waits for the target before the source is paused: keeps both busy, and memory small. */
export const loadWaitingBytesMax = 1024 * 1024;
/** One multi-row INSERT: larger ones gained nothing, and a row larger than this goes by itself. */
export const insertStatementBytes = 1024 * 1024;
/** Rendered columns that are joined into one value by the source server: far below any max_allowed_packet. */
export const joinedColumnsBytesMax = 256 * 1024;
/** Warnings in one INSERT with ENUM values that cannot be written without one; the server counts up to 65,535. */
export const expectedWarningsMax = 1_000;
