/**
 * What can be told of an input before the preparation has validated it: for summaries, the status and the clean-up of a
 * preparation that told us nothing. It never fails, so that a stricter schema never breaks a replay.
 */
export interface Request {
  readonly cluster: string;
  readonly database: string;
  readonly statement: string;
}

/** The readable fields of an input of `onlineDdl`; empty text where a field is missing or is something else. */
export function readRequest(input: unknown): Request {
  const fields = typeof input === 'object' && input !== null ? (input as Readonly<Record<string, unknown>>) : {};
  const text = (name: string): string => {
    const value = fields[name];
    return typeof value === 'string' ? value : '';
  };
  return { cluster: text('cluster'), database: text('database'), statement: text('statement') };
}
