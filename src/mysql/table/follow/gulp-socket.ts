/**
 * The socket of a feed: takes what has arrived in gulps instead of piece by piece. While rows are copied, the server
 * sends every few kilobytes as they are written; a wake-up and a buffer for each piece cost the worker more than decoding
 * (measured: a third of its CPU, most of it garbage collection).
 */
import { connect, type Socket } from 'node:net';
import { feedGulpBytesMax, feedGulpIntervalMs } from '../../../limits/mysql-table.js';

export class GulpSocket {
  readonly socket: Socket;
  #gulping = false;
  #paused = false;
  #resting: NodeJS.Timeout | undefined;

  constructor(host: string, port: number) {
    this.socket = connect({
      host,
      port,
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafeSlow(feedGulpBytesMax),
        callback: (bytes, buffer) => {
          // The driver keeps pieces of what it is given.
          this.socket.emit('data', Buffer.from(buffer.subarray(0, bytes)));
          if (this.#gulping && bytes < buffer.length) this.#rest();
          return true;
        },
      },
    });
    this.socket.once('close', () => clearTimeout(this.#resting));
  }

  /** From here on a little waiting costs nothing. */
  gulp(): void {
    this.#gulping = true;
  }

  /** Stops reading until `resume`. */
  pause(): void {
    this.#paused = true;
    this.socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#resting === undefined) this.socket.resume();
  }

  #rest(): void {
    if (this.#resting !== undefined) return;
    this.socket.pause();
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      if (!this.#paused) this.socket.resume();
    }, feedGulpIntervalMs);
  }
}
