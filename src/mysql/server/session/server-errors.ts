/** Errors of the server and of the driver: their number, their kind (error-kinds.ts), their words, what they name. */
import { hasCode, SwitchyardError } from '../../../errors/switchyard-error.js';
import { mayQuoteValues, serverErrorRule, type ServerErrorCause, type ServerErrorKind } from './error-kinds.js';

interface DriverError {
  readonly errno?: number;
  readonly code?: string;
  readonly sqlState?: string;
  readonly fatal?: boolean;
  readonly sqlMessage?: string;
  readonly message: string;
}

function asDriverError(error: unknown): DriverError | undefined {
  return error instanceof Error ? (error as DriverError) : undefined;
}

/** The server's error number, or undefined where the error is not the server's. */
export function serverErrorNumber(error: unknown): number | undefined {
  const { errno } = asDriverError(error) ?? {};
  return errno !== undefined && errno >= 1_000 ? errno : undefined;
}

/** The server's own words. */
export function serverMessage(error: unknown): string {
  const driverError = asDriverError(error);
  return driverError?.sqlMessage ?? driverError?.message ?? String(error);
}

const origins = new WeakMap<Error, string>();

/** Remembers the cluster whose server an error of the driver came from: work may be on two. */
export function noteOrigin<Failure extends Error>(error: Failure, cluster: string): Failure {
  origins.set(error, cluster);
  return error;
}

/** The cluster whose server the error came from; undefined for other errors. */
function originOf(error: unknown): string | undefined {
  return error instanceof Error ? origins.get(error) : undefined;
}

export const errorNumbers = {
  duplicateKey: 1062,
  duplicateKeyWithName: 1586,
  duplicateWhileBuilding: 1859,
  lockWaitTimeout: 1205,
  deadlock: 1213,
  queryInterrupted: 1317,
  killed: 1053,
  duplicateColumn: 1060,
  unknownVariable: 1193,
  unknownTable: 1051,
  noSuchTable: 1146,
  unknownDatabase: 1049,
  tableDefinitionChanged: 1412,
  tableNotLocked: 1100,
  triggerExists: 1359,
  cannotConvertString: 3854,
  impossibleConversion: 3988,
  keyNotFound: 1032,
  duplicateCheckConstraint: 3822,
} as const;

export function isDuplicateKey(error: unknown): boolean {
  const number = serverErrorNumber(error);
  const { duplicateKey, duplicateKeyWithName, duplicateWhileBuilding } = errorNumbers;
  return number === duplicateKey || number === duplicateKeyWithName || number === duplicateWhileBuilding;
}

/**
 * The name of the unique key in a duplicate-key error, without the table: `PRIMARY`, `email` … There is no other way to it
 * than the server's words, which are English in every session of ours.
 * @param table the name of the table that was written to: what stands behind it is the key's, whatever is in the entry.
 */
export function duplicateKeyName(error: unknown, table: string): string | undefined {
  // "Duplicate entry 'it's for key 'x'' for key 'orders.email'": the entry and the names may hold quotes and dots.
  const message = serverMessage(error);
  const before = `for key '${table}.`;
  const at = message.lastIndexOf(before);
  if (at >= 0 && message.endsWith("'")) return message.slice(at + before.length, -1);
  return /^.*for key '(.*)'$/s.exec(message)?.[1];
}

/** Deadlocks and lock waits: the whole transaction is repeated. */
export function isRepeatable(error: unknown): boolean {
  const number = serverErrorNumber(error);
  return number === errorNumbers.deadlock || number === errorNumbers.lockWaitTimeout;
}

/** What the error means for an operation; undefined where it is not the server's. */
export function errorKind(error: unknown): ServerErrorKind | undefined {
  const number = serverErrorNumber(error);
  return number === undefined ? undefined : (serverErrorRule(number, sqlStateOf(error))?.kind ?? 'unknown');
}

/** Whether the server or the way to it is gone: worth trying again later. */
export function isUnavailable(error: unknown): boolean {
  if (hasCode(error, 'SERVER_UNAVAILABLE')) return true;
  const driverError = asDriverError(error);
  if (driverError === undefined) return false;
  const number = serverErrorNumber(error);
  if (number !== undefined) return serverErrorRule(number, driverError.sqlState)?.cause === 'connection';
  return typeof driverError.code === 'string' && /^(E[A-Z_]+|PROTOCOL_[A-Z_]+|ERR_SSL_\w+)$/.test(driverError.code);
}

/** The server's own words, or where they may quote a value of a row (P8) only what it calls the error. */
function sayableMessage(error: unknown): string {
  const number = serverErrorNumber(error);
  if (number === undefined || !mayQuoteValues(number, sqlStateOf(error))) return serverMessage(error);
  const { code } = asDriverError(error) ?? {};
  return `${code ?? `error ${number}`} (its text may quote values of rows, so it is not shown)`;
}

/** The same of an error of the server; undefined for others. */
export function sayableServerMessage(error: unknown): string | undefined {
  return serverErrorNumber(error) === undefined ? undefined : sayableMessage(error);
}

/**
 * An error of the server as one of the catalogue, where it is not known what the statement was for; undefined for an error
 * that is not the server's.
 * @param fallback the cluster that is named where the error does not tell which.
 * @param where added to the problem, such as the row that it is about.
 */
export function asCatalogueError(error: unknown, fallback: string, where = ''): SwitchyardError | undefined {
  const number = serverErrorNumber(error);
  const facts = { cluster: originOf(error) ?? fallback, problem: sayableMessage(error) + where };
  if (isUnavailable(error)) return new SwitchyardError('SERVER_UNAVAILABLE', facts, { cause: error });
  if (number === undefined) return undefined;
  const { kind, cause } = serverErrorRule(number, sqlStateOf(error)) ?? {};
  if (kind === 'passes') return new SwitchyardError('SERVER_BUSY', { ...facts, errno: number }, { cause: error });
  if (kind === 'environment') {
    const advice = adviceForNumber.get(number) ?? adviceFor[cause ?? 'health'];
    return new SwitchyardError('SERVER_NEEDS_ATTENTION', { ...facts, errno: number, advice }, { cause: error });
  }
  return new SwitchyardError('SERVER_ERROR', { ...facts, errno: number }, { cause: error });
}

const adviceFor: Readonly<Record<ServerErrorCause, string>> = {
  connection: 'Look at the server.',
  contention: 'Look at what else runs on the server.',
  space:
    'Make room where the server writes its tables, temporary files and binlogs, or look at its disks; what the copy takes is given back by cancel.',
  readOnly: 'Let the server take writes again; where it is a replica now, name the primary in the configuration.',
  access: 'Give the account of the configuration what the message says that it lacks.',
  limit: 'Raise the limit that the message is about.',
  health: 'Look at the server and into its error log.',
};

const adviceForNumber: ReadonlyMap<number, string> = new Map([
  // The server does not say which of them it is.
  [
    1045,
    'Put the password right: in the configuration of the workers, which read it when they start, or on the server (ALTER USER). Where the account demands TLS or a client certificate (REQUIRE SSL, REQUIRE X509), give the cluster `tls` with `cert` and `key` in the configuration.',
  ],
  [3159, 'The server takes connections with TLS only: give the cluster `tls` in the configuration of the workers.'],
]);

function sqlStateOf(error: unknown): string | undefined {
  return asDriverError(error)?.sqlState;
}

/** Whether the server, or a proxy before it, takes no LOAD DATA LOCAL. */
export function isLoadRefused(error: unknown): boolean {
  return [1148, 2068, 3948].includes(serverErrorNumber(error) ?? 0);
}
