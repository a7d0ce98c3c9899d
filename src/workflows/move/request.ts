import type { Place } from '../../domain/routing.js';
import { textIn } from '../operation/request.js';

export interface MoveRequest {
  readonly name: string;
  readonly source: Place;
  readonly target: Place;
}

/** The readable fields of an input of `moveTables`; empty text where a field is missing or is something else. */
export function readMoveRequest(input: unknown): MoveRequest {
  const place = (side: string): Place => ({
    cluster: textIn(input, side, 'cluster'),
    database: textIn(input, side, 'database'),
  });
  return { name: textIn(input, 'name'), source: place('source'), target: place('target') };
}
