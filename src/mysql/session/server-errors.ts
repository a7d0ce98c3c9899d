/** What MySQL's error numbers mean to us; the only place that knows them. */
import { hasCode } from '../../errors/switchyard-error.js';

interface DriverError {
  readonly errno?: number;
  readonly code?: string;
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
export function originOf(error: unknown): string | undefined {
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
} as const;

export function isDuplicateKey(error: unknown): boolean {
  const number = serverErrorNumber(error);
  const { duplicateKey, duplicateKeyWithName, duplicateWhileBuilding } = errorNumbers;
  return number === duplicateKey || number === duplicateKeyWithName || number === duplicateWhileBuilding;
}

/** The name of the unique key in a duplicate-key error, without the table: `PRIMARY`, `email` … */
export function duplicateKeyName(error: unknown): string | undefined {
  // "Duplicate entry '…' for key 'orders.email'": the entry may hold quotes, the key name is the last quoted word.
  const match = /for key '(.*)'$/s.exec(serverMessage(error));
  const name = match?.[1];
  if (name === undefined) return undefined;
  return name.includes('.') ? name.slice(name.indexOf('.') + 1) : name;
}

/** Deadlocks and lock waits: the whole transaction is repeated. */
export function isRepeatable(error: unknown): boolean {
  const number = serverErrorNumber(error);
  return number === errorNumbers.deadlock || number === errorNumbers.lockWaitTimeout;
}

/** Server errors that say "not now": shutting down, too many connections, killed session, read only for a while. */
const unavailableNumbers = new Set([1040, 1053, 1077, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031]);

/** Whether the server or the way to it is gone: worth trying again later. */
export function isUnavailable(error: unknown): boolean {
  if (hasCode(error, 'SERVER_UNAVAILABLE')) return true;
  const driverError = asDriverError(error);
  if (driverError === undefined) return false;
  const number = serverErrorNumber(error);
  if (number !== undefined) return unavailableNumbers.has(number);
  return typeof driverError.code === 'string' && /^(E[A-Z_]+|PROTOCOL_[A-Z_]+)$/.test(driverError.code);
}

/** Whether the server, or a proxy before it, takes no LOAD DATA LOCAL. */
export function isLoadRefused(error: unknown): boolean {
  return [1148, 2068, 3948].includes(serverErrorNumber(error) ?? 0);
}
