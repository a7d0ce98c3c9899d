/** Event types, the common header and the checksum of binlog events. */
import { crc32 } from 'node:zlib';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { EventProblem, malformed, notDecoded } from './event-problem.js';

/** Type codes by the server's names. */
export const eventTypes = {
  QUERY: 2,
  STOP: 3,
  ROTATE: 4,
  INTVAR: 5,
  APPEND_BLOCK: 9,
  DELETE_FILE: 11,
  RAND: 13,
  USER_VAR: 14,
  FORMAT_DESCRIPTION: 15,
  XID: 16,
  BEGIN_LOAD_QUERY: 17,
  EXECUTE_LOAD_QUERY: 18,
  TABLE_MAP: 19,
  WRITE_ROWS_V1: 23,
  UPDATE_ROWS_V1: 24,
  DELETE_ROWS_V1: 25,
  INCIDENT: 26,
  HEARTBEAT: 27,
  IGNORABLE: 28,
  ROWS_QUERY: 29,
  WRITE_ROWS: 30,
  UPDATE_ROWS: 31,
  DELETE_ROWS: 32,
  GTID: 33,
  ANONYMOUS_GTID: 34,
  PREVIOUS_GTIDS: 35,
  TRANSACTION_CONTEXT: 36,
  VIEW_CHANGE: 37,
  XA_PREPARE: 38,
  PARTIAL_UPDATE_ROWS: 39,
  TRANSACTION_PAYLOAD: 40,
  HEARTBEAT_V2: 41,
  GTID_TAGGED: 42,
} as const;

const namesByType = new Map<number, string>(Object.entries(eventTypes).map(([name, type]) => [type, name]));

/** The server's name of an event type, or its number. */
export function eventName(type: number): string {
  return namesByType.get(type) ?? `event type ${type}`;
}

/** timestamp u32, type u8, server id u32, size u32, end position u32, flags u16. */
export const headerBytes = 19;
export const checksumBytes = 4;
const flagsAt = 17;
const flagBinlogInUse = 0x01;
const flagIgnorable = 0x80;

export function eventTypeAt(buffer: Buffer, start: number): number {
  return buffer[start + 4]!;
}

export function eventSizeAt(buffer: Buffer, start: number): number {
  return buffer.readUInt32LE(start + 9);
}

/** Position after the event in its file (32 bits of it); 0 in events that are made up by the server or compressed. */
export function endPositionAt(buffer: Buffer, start: number): number {
  return buffer.readUInt32LE(start + 13);
}

/** Whether the server says that who does not know this event may pass over it. */
export function isIgnorable(buffer: Buffer, start: number): boolean {
  return (buffer.readUInt16LE(start + flagsAt) & flagIgnorable) !== 0;
}

export type ChecksumAlgorithm = 'none' | 'crc32';

function checksumIsRight(event: Buffer): boolean {
  const end = event.length - checksumBytes;
  const wanted = event.readUInt32LE(end);
  if (crc32(event.subarray(0, end)) === wanted) return true;
  if (event[4] !== eventTypes.FORMAT_DESCRIPTION || (event[flagsAt]! & flagBinlogInUse) === 0) return false;
  // This flag is set in the file of a running server after the checksum was made.
  const copy = Buffer.from(event.subarray(0, end));
  copy[flagsAt] = copy[flagsAt]! & ~flagBinlogInUse;
  return crc32(copy) === wanted;
}

/** Fails with BINLOG_CHECKSUM_MISMATCH where the last four bytes of a whole event are not the CRC of the others. */
export function verifyChecksum(event: Buffer): void {
  if (event.length < headerBytes + checksumBytes || !checksumIsRight(event)) {
    throw new EventProblem((place) => new SwitchyardError('BINLOG_CHECKSUM_MISMATCH', place));
  }
}

/** What a FORMAT_DESCRIPTION event says about the events that follow. */
export interface BinlogFormat {
  readonly checksum: ChecksumAlgorithm;
  /** Bytes between the common header and the variable part of an event, by type minus one. */
  readonly postHeaderLengths: Buffer;
}

/**
 * Reads a whole FORMAT_DESCRIPTION event. It has a checksum in any case, which is verified where it says that the others
 * have one; where not, the server that sends it changes a field and leaves the checksum as it was.
 */
export function readFormat(event: Buffer): BinlogFormat {
  // version u16, server version 50, created u32, header length u8, post-header lengths …, algorithm u8, checksum u32
  const lengthsAt = headerBytes + 57;
  const algorithmAt = event.length - checksumBytes - 1;
  if (event[algorithmAt] !== 0) verifyChecksum(event);
  if (algorithmAt < lengthsAt + eventTypes.XID) throw malformed('it is too short');
  if (event.readUInt16LE(headerBytes) !== 4 || event[lengthsAt - 1] !== headerBytes) {
    throw malformed('it is not of binlog version 4');
  }
  const algorithm = event[algorithmAt]!;
  if (algorithm > 1) throw notDecoded(`checksum algorithm ${algorithm} is not known`);
  return {
    checksum: algorithm === 1 ? 'crc32' : 'none',
    postHeaderLengths: Buffer.from(event.subarray(lengthsAt, algorithmAt)),
  };
}
