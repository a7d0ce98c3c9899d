/** Makes events that a server writes rarely or not any more, out of bytes and out of recorded events. */
import { crc32 } from 'node:zlib';

const headerBytes = 19;
const checksumBytes = 4;

/** The event with its size and checksum made right again. */
function sealed(event: Buffer): Buffer {
  event.writeUInt32LE(event.length, 9);
  event.writeUInt32LE(crc32(event.subarray(0, -checksumBytes)), event.length - checksumBytes);
  return event;
}

/** An event of a type with a body, at position 4711. */
export function makeEvent(type: number, body: Buffer | string = '', flags = 0): Buffer {
  const header = Buffer.alloc(headerBytes);
  header[4] = type;
  header.writeUInt32LE(4711, 13);
  header.writeUInt16LE(flags, 17);
  return sealed(Buffer.concat([header, Buffer.from(body), Buffer.alloc(checksumBytes)]));
}

/** The body of an event. */
export function bodyOf(event: Buffer): Buffer {
  return event.subarray(headerBytes, -checksumBytes);
}

/** A Query event with the status variables as bytes. */
export function makeQuery(sql: Buffer | string, variables: readonly number[] = [], database = 'shop'): Buffer {
  const fixed = Buffer.alloc(13);
  fixed[8] = database.length;
  fixed.writeUInt16LE(variables.length, 11);
  return makeEvent(2, Buffer.concat([fixed, Buffer.from(variables), Buffer.from(`${database}\0`), Buffer.from(sql)]));
}

/** A copy of an event with some bytes of its body changed. */
export function patched(event: Buffer, change: (body: Buffer) => void): Buffer {
  const copy = Buffer.from(event);
  change(bodyOf(copy));
  return sealed(copy);
}

/** The same stream from a server with binlog_checksum = NONE. */
export function withoutChecksums(events: readonly Buffer[]): readonly Buffer[] {
  return events.map((event) => {
    if (event[4] === 15) {
      return patched(event, (body) => {
        body[body.length - 1] = 0;
      });
    }
    const shorter = Buffer.from(event.subarray(0, -checksumBytes));
    shorter.writeUInt32LE(shorter.length, 9);
    return shorter;
  });
}

/** The format of a server that still had row events of version 1. */
export function knowingVersion1(format: Buffer): Buffer {
  const lengthsAt = 57;
  return patched(format, (body) => {
    body.fill(8, lengthsAt + 22, lengthsAt + 25);
  });
}

/** The row event as a server before 5.6 wrote it: another type, without the counted bytes after the fixed part. */
export function asVersion1(event: Buffer): Buffer {
  const body = bodyOf(event);
  const countedBytes = body.readUInt16LE(8);
  return makeEvent(event[4]! - 7, Buffer.concat([body.subarray(0, 8), body.subarray(8 + countedBytes)]));
}

/** What is wrong about a payload: the bytes that the event says it has, or what comes after its last event. */
export interface PayloadFaults {
  readonly payloadBytes?: number;
  readonly uncompressedBytes?: number;
  readonly rest?: Buffer;
}

/** A TRANSACTION_PAYLOAD event whose events are not compressed. */
export function makePayload(events: readonly Buffer[], faults: PayloadFaults = {}): Buffer {
  const payload = Buffer.concat([...withoutChecksums(events), faults.rest ?? Buffer.alloc(0)]);
  const size = (bytes: number): Buffer => {
    const field = Buffer.alloc(9, 0);
    field[0] = 254;
    field.writeUInt32LE(bytes, 1);
    return field;
  };
  const fields = [
    Buffer.from([2, 3, 252, 255, 0, 3, 9]),
    size(faults.uncompressedBytes ?? payload.length),
    Buffer.from([1, 9]),
    size(faults.payloadBytes ?? payload.length),
    Buffer.from([0]),
  ];
  return makeEvent(40, Buffer.concat([...fields, payload]));
}
