/**
 * What can be told of an input before the preparation has validated it: for summaries, the status and the clean-up of a
 * preparation that told us nothing. It never fails, so that a stricter schema never breaks a replay.
 */
import { fieldOf } from '../../contract/decode.js';
import type { Place } from '../../contract/move/input.js';

export interface Request {
  readonly cluster: string;
  readonly database: string;
  readonly statement: string;
}

export interface MoveRequest {
  readonly name: string;
  readonly source: Place;
  readonly target: Place;
}

/** The readable fields of an input of `onlineDdl`; empty text where a field is missing or is something else. */
export function readRequest(input: unknown): Request {
  return {
    cluster: textIn(input, 'cluster'),
    database: textIn(input, 'database'),
    statement: textIn(input, 'statement'),
  };
}

/** The same of an input of `moveTables`. */
export function readMoveRequest(input: unknown): MoveRequest {
  const place = (side: string): Place => ({
    cluster: textIn(input, side, 'cluster'),
    database: textIn(input, side, 'database'),
  });
  return { name: textIn(input, 'name'), source: place('source'), target: place('target') };
}

function textIn(input: unknown, ...path: readonly string[]): string {
  const value = fieldOf(input, path);
  return typeof value === 'string' ? value : '';
}
