/** Reads the events that announce a transaction: GTID_LOG_EVENT and, for tagged GTIDs, GTID_TAGGED_LOG_EVENT. */
import { u64Text, type ByteReader } from './bytes.js';
import { malformed, notDecoded } from './event-problem.js';

export interface TransactionStart {
  /** `uuid:gno` or `uuid:tag:gno`. */
  readonly gtid: string;
  /** Milliseconds since 1970; the microseconds are its fraction. */
  readonly committedAtMs: number;
  /** When the first server committed it; for a tagged one as above. */
  readonly originatedAtMs: number;
}

const uuidBytes = 16;
const logicalClockFollows = 2;
const u32Range = 0x1_0000_0000;
/** The 56th bit of the commit time says that the time at the first server follows; the time is in the others. */
const originalTimeFollows = 0x80_0000;

function formatUuid(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + uuidBytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function readTime(reader: ByteReader): { readonly ms: number; readonly originalFollows: boolean } {
  const low = reader.u32();
  const high = reader.uint(3);
  const us = (high & ~originalTimeFollows) * u32Range + low;
  return { ms: us / 1000, originalFollows: (high & originalTimeFollows) !== 0 };
}

/** Reads the body of a GTID_LOG_EVENT. */
export function readGtid(reader: ByteReader): TransactionStart {
  reader.u8(); // flags
  const uuid = formatUuid(reader.buffer, reader.skip(uuidBytes));
  const gno = u64Text(reader.buffer, reader.skip(8));
  if (reader.u8() !== logicalClockFollows) throw malformed('the logical clock of the transaction is missing');
  reader.skip(16); // last committed, sequence number
  const immediate = readTime(reader);
  const original = immediate.originalFollows ? readTime(reader) : immediate;
  return { gtid: `${uuid}:${gno}`, committedAtMs: immediate.ms, originatedAtMs: original.ms };
}

/**
 * One number of the server's serialization library: as many one-bits at the bottom of the first byte as bytes follow,
 * the rest is the number.
 */
function readVarlen(reader: ByteReader): bigint {
  const start = reader.skip(1);
  const first = reader.buffer[start]!;
  if ((first & 1) === 0) return BigInt(first >> 1);
  let more = 1;
  while (more < 8 && (first & (1 << more)) !== 0) more += 1;
  reader.skip(more);
  let value = 0n;
  for (let at = start + more; at >= start; at -= 1) value = (value << 8n) | BigInt(reader.buffer[at]!);
  return value >> BigInt(Math.min(more + 1, 8));
}

/** A signed number has its sign in the lowest bit; no field that is read here can be negative. */
function readNatural(reader: ByteReader): bigint {
  const value = readVarlen(reader);
  if ((value & 1n) !== 0n) throw malformed('a number is negative');
  return value >> 1n;
}

/** Field numbers of a GTID_TAGGED_LOG_EVENT. Those after the commit time say nothing that is needed here. */
const fields = {
  flags: 0n,
  uuid: 1n,
  gno: 2n,
  tag: 3n,
  lastCommitted: 4n,
  sequenceNumber: 5n,
  immediateCommitTime: 6n,
} as const;

/** Reads the body of a GTID_TAGGED_LOG_EVENT: version, size, last field that must be known, then numbered fields. */
export function readTaggedGtid(reader: ByteReader): TransactionStart {
  const start = reader.position;
  if (readVarlen(reader) !== 1n) throw notDecoded('the GTID event has a serialization version that is not known');
  if (readVarlen(reader) !== BigInt(reader.end - start)) throw malformed('the size of the GTID event is not its own');
  if (readVarlen(reader) > fields.immediateCommitTime + 1n) {
    throw notDecoded('the GTID event has a field that must be understood and is not known');
  }
  const uuid = Buffer.alloc(uuidBytes);
  let gno = 0n;
  let tag = '';
  for (;;) {
    const field = readVarlen(reader);
    if (field === fields.flags) readVarlen(reader);
    else if (field === fields.uuid) uuid.forEach((_, at) => (uuid[at] = Number(readVarlen(reader) & 0xffn)));
    else if (field === fields.gno) gno = readNatural(reader);
    else if (field === fields.tag) tag = reader.text(Number(readVarlen(reader)));
    else if (field === fields.lastCommitted || field === fields.sequenceNumber) readVarlen(reader);
    else if (field === fields.immediateCommitTime) break;
    else throw notDecoded(`the GTID event has field ${field} before its commit time`);
  }
  const committedAtMs = Number(readVarlen(reader)) / 1000;
  const source = tag === '' ? formatUuid(uuid, 0) : `${formatUuid(uuid, 0)}:${tag}`;
  return { gtid: `${source}:${gno}`, committedAtMs, originatedAtMs: committedAtMs };
}
