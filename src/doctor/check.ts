/**
 * What one check of the doctor is: a question to a cluster, to Temporal or about the configuration, in a file of its own in
 * `checks/`. It changes nothing: what can be mended by us comes with the finding, and is done only when somebody says so.
 */
import type { Config } from '../config/config.js';
import { SwitchyardError, type ErrorCode } from '../errors/switchyard-error.js';
import { asCatalogueError } from '../mysql/server/session/server-errors.js';
import type { ClusterSettings } from '../mysql/server/session/cluster-settings.js';
import type { ReachedTemporal } from './reached-temporal.js';

/** `notAsked`: what had to be there for the question was not; it says nothing about its answer. */
export const levels = ['ok', 'warning', 'problem', 'notAsked'] as const;
export type Level = (typeof levels)[number];

/** Something that is ours to mend. */
export interface Mend {
  /** What it would do, as a part of a list. */
  readonly what: string;
  /** @returns what it has done, as one sentence. @throws why it could not. */
  readonly apply: () => Promise<string>;
}

export interface Finding {
  readonly level: Level;
  /** One sentence. */
  readonly message: string;
  /** What to do about it; absent where nothing has to be done. */
  readonly remedy?: string;
  readonly code?: ErrorCode;
  readonly mend?: Mend;
}

interface Asked {
  readonly taskQueue: string;
  /** Ends with the time that the check has. */
  readonly signal: AbortSignal;
  /** @throws errors of the catalogue where it does not answer. */
  readonly temporal: () => Promise<ReachedTemporal>;
}

interface Contexts {
  readonly cluster: Asked & {
    /** Sessions on it end with the time of the check. */
    readonly cluster: ClusterSettings;
    /** Any of the configuration, this one too, for as long as it takes. */
    readonly find: (name: string) => ClusterSettings | undefined;
    /** Whose grants somebody has asked for. */
    readonly databases: readonly string[];
  };
  readonly temporal: Asked;
  readonly configuration: Asked & { readonly config: Config };
}

export type Scope = keyof Contexts;
export type ContextOf<OfScope extends Scope> = Contexts[OfScope];

export type Check<OfScope extends Scope = Scope> = {
  [One in OfScope]: {
    readonly scope: One;
    /** As people read it, and as docs/doctor.md lists it; one word or some with dashes. */
    readonly name: string;
    /** Where this one finds a problem, the others of its scope have nobody to ask. */
    readonly opens?: true;
    /** One finding or more. What it throws is a problem. */
    readonly ask: (context: Contexts[One]) => Promise<readonly Finding[]>;
  };
}[OfScope];

export function ok(message: string): Finding {
  return { level: 'ok', message };
}

export function notAsked(message: string): Finding {
  return { level: 'notAsked', message };
}

export function warning(message: string, remedy: string): Finding {
  return { level: 'warning', message, remedy };
}

export function problem(message: string, remedy: string): Finding {
  return { level: 'problem', message, remedy };
}

/** An error as a finding. @param cluster whose server it may be from. */
export function problemOf(error: unknown, cluster = ''): Finding {
  const known = error instanceof SwitchyardError ? error : asCatalogueError(error, cluster);
  if (known !== undefined) {
    const { code, message, remedy } = known;
    return { level: 'problem', code, message, remedy };
  }
  const said = error instanceof Error ? error.message : String(error);
  return problem(`The check failed: ${said.replace(/\.$/, '')}.`, 'Run it again; report it where it stays so.');
}
