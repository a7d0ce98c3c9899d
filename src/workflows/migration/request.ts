import { textIn } from '../operation/request.js';

export interface Request {
  readonly cluster: string;
  readonly database: string;
  readonly statement: string;
}

/** The readable fields of an input of `onlineDdl`; empty text where a field is missing or is something else. */
export function readRequest(input: unknown): Request {
  return {
    cluster: textIn(input, 'cluster'),
    database: textIn(input, 'database'),
    statement: textIn(input, 'statement'),
  };
}
