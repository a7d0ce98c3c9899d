/**
 * Unpacks TRANSACTION_PAYLOAD events (binlog_transaction_compression): a whole transaction as one event. The events in
 * it are handed on while it is decompressed, so that a transaction of any size takes the memory of one zstd window and
 * of its largest event (P5: it is never passed over).
 */
import { Decompress } from 'fzstd';
import { innerEventBytesMax, payloadPieceBytes, zstdWindowBytesMax } from '../limits/binlog.js';
import type { ByteReader } from './bytes.js';
import { EventProblem, malformed, notDecoded } from './event-problem.js';
import { eventSizeAt, headerBytes } from './event.js';

/** Takes one event: the bytes from `start` to `end` of a buffer that stays as it is. */
type EventSink = (buffer: Buffer, start: number, end: number) => void;

interface Payload {
  readonly isCompressed: boolean;
  readonly uncompressedBytes: number;
  readonly start: number;
  readonly end: number;
}

const fieldEnd = 0;
const fieldPayloadBytes = 1;
const fieldCompression = 2;
const fieldUncompressedBytes = 3;
const compressionZstd = 0;
const compressionNone = 255;

/** Reads the fields before the payload: number, length, value; those that are not known may be passed over. */
function readFields(reader: ByteReader): Payload {
  let payloadBytes = -1;
  let compression = -1;
  let uncompressedBytes = -1;
  for (let field = reader.lenenc(); field !== fieldEnd; field = reader.lenenc()) {
    const length = reader.lenenc();
    const valueAt = reader.position;
    if (field === fieldPayloadBytes) payloadBytes = reader.lenenc();
    else if (field === fieldCompression) compression = reader.lenenc();
    else if (field === fieldUncompressedBytes) uncompressedBytes = reader.lenenc();
    reader.position = valueAt;
    reader.skip(length);
  }
  if (compression !== compressionZstd && compression !== compressionNone) {
    throw notDecoded(`compression ${compression} of a transaction is not known`);
  }
  const start = reader.skip(payloadBytes);
  if (reader.position !== reader.end) throw malformed('the payload is not as long as it says');
  return { isCompressed: compression === compressionZstd, uncompressedBytes, start, end: reader.end };
}

/** Cuts a stream of bytes into events. An event that lies whole in one chunk is handed on without a copy. */
class EventCutter {
  readonly #sink: EventSink;
  /** The beginning of an event whose end is still to come: its header, then all of it. */
  #part = Buffer.alloc(headerBytes);
  #partBytes = 0;
  #partIsWholeEvent = false;
  totalBytes = 0;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    this.totalBytes += chunk.length;
    let at = 0;
    while (at < chunk.length) {
      const isWhole = this.#partBytes === 0 && chunk.length - at >= headerBytes;
      const end = isWhole ? at + this.#sizeAt(chunk, at) : Infinity;
      if (end <= chunk.length) {
        this.#sink(chunk, at, end);
        at = end;
      } else {
        at = this.#keep(chunk, at);
      }
    }
  }

  #sizeAt(buffer: Buffer, start: number): number {
    const size = eventSizeAt(buffer, start);
    if (size < headerBytes || size > innerEventBytesMax) throw malformed(`an event in the payload has ${size} bytes`);
    return size;
  }

  /** Moves what the part wants from the chunk into it; answers where in the chunk it stopped. */
  #keep(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#part, this.#partBytes, at);
    this.#partBytes += copied;
    if (this.#partBytes === this.#part.length && !this.#partIsWholeEvent) {
      const event = Buffer.allocUnsafe(this.#sizeAt(this.#part, 0));
      this.#part.copy(event);
      this.#part = event;
      this.#partIsWholeEvent = true;
    }
    if (this.#partBytes === this.#part.length) {
      const event = this.#part;
      this.#part = Buffer.alloc(headerBytes);
      this.#partBytes = 0;
      this.#partIsWholeEvent = false;
      this.#sink(event, 0, event.length);
    }
    return at + copied;
  }

  finish(): void {
    if (this.#partBytes > 0) throw malformed('the last event in the payload is cut off');
  }
}

/**
 * Refuses a window that would take too much memory. Its size is in the sixth byte of the frame, unless a flag says that
 * it is the size of the whole.
 */
function checkWindow(frame: Buffer, uncompressedBytes: number): void {
  const isWhole = (frame[4]! & 0x20) !== 0;
  const windowBytes = isWhole ? uncompressedBytes : 2 ** (10 + (frame[5]! >> 3)) * (1 + (frame[5]! & 7) / 8);
  if (windowBytes > zstdWindowBytesMax) throw notDecoded(`a zstd window of ${windowBytes} bytes is too large`);
}

/**
 * Hands the events of a TRANSACTION_PAYLOAD event to `sink`, piece by piece: each step of the iteration is one piece.
 * @param reader stands after the common header and ends where the event ends.
 */
export function* unpackPayload(reader: ByteReader, sink: EventSink): Generator<undefined, void> {
  const { buffer } = reader;
  const { isCompressed, uncompressedBytes, start, end } = readFields(reader);
  const cutter = new EventCutter(sink);
  if (!isCompressed) {
    cutter.push(buffer.subarray(start, end));
    yield;
  } else {
    checkWindow(buffer.subarray(start, end), uncompressedBytes);
    const decompress = new Decompress(({ buffer: bytes, byteOffset, byteLength }) => {
      cutter.push(Buffer.from(bytes, byteOffset, byteLength));
    });
    for (let at = start; at < end; at += payloadPieceBytes) {
      const last = Math.min(at + payloadPieceBytes, end);
      try {
        decompress.push(buffer.subarray(at, last), last === end);
      } catch (error) {
        if (error instanceof EventProblem) throw error;
        throw malformed('the payload cannot be decompressed', { cause: error });
      }
      yield;
    }
  }
  cutter.finish();
  if (cutter.totalBytes !== uncompressedBytes) throw malformed('the payload is not as long unpacked as it says');
}
