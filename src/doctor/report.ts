/** What the doctor has found, as a program gets it (`--json`): versioned, additive. */
import type { ErrorCode } from '../errors/switchyard-error.js';
import { levels, type Finding, type Level, type Mend, type Scope } from './check.js';

/** One finding, and what it is about. */
export interface Found extends Finding {
  readonly about: Scope;
  /** Of what is about a cluster. */
  readonly cluster?: string;
  readonly check: string;
}

export interface ReportedFinding {
  readonly about: Scope;
  readonly cluster?: string;
  readonly check: string;
  readonly level: Level;
  readonly code?: ErrorCode;
  readonly message: string;
  readonly remedy?: string;
  /** What `--fix` would do about it. */
  readonly fix?: string;
}

/** What became of one thing that `--fix` was to do. */
export interface Mended {
  readonly what: string;
  readonly outcome: 'done' | 'failed' | 'notDone';
  /** Empty where it was not done. */
  readonly message: string;
}

export interface DoctorReport {
  readonly version: 1;
  readonly kind: 'doctor';
  /** The worst of all: warnings are no problem. */
  readonly outcome: 'ok' | 'problems' | 'temporalUnreachable';
  readonly checkedAt: string;
  readonly counts: Readonly<Record<Level, number>>;
  readonly findings: readonly ReportedFinding[];
  /** Absent without `--fix`. */
  readonly fixes?: readonly Mended[];
}

export function reportOf(found: readonly Found[], checkedAt: Date, fixes?: readonly Mended[]): DoctorReport {
  return {
    version: 1,
    kind: 'doctor',
    outcome: outcomeOf(found),
    checkedAt: checkedAt.toISOString(),
    counts: countsOf(found),
    findings: found.map(({ mend, ...finding }) => ({ ...finding, ...(mend === undefined ? {} : { fix: mend.what }) })),
    ...(fixes === undefined ? {} : { fixes }),
  };
}

function countsOf(found: readonly Pick<Finding, 'level'>[]): Readonly<Record<Level, number>> {
  const count = (level: Level): number => found.filter((finding) => finding.level === level).length;
  return Object.fromEntries(levels.map((level) => [level, count(level)])) as Record<Level, number>;
}

/** Everything that could be mended, once. */
export function mendsOf(found: readonly Finding[]): readonly Mend[] {
  const mends = found.flatMap(({ mend }) => (mend === undefined ? [] : [mend]));
  return mends.filter(({ what }, at) => mends.findIndex((other) => other.what === what) === at);
}

function outcomeOf(found: readonly Found[]): DoctorReport['outcome'] {
  const problems = found.filter(({ level }) => level === 'problem');
  if (problems.some(({ code }) => isNoWayToTemporal(code))) return 'temporalUnreachable';
  return problems.length > 0 ? 'problems' : 'ok';
}

function isNoWayToTemporal(code: ErrorCode | undefined): boolean {
  return code?.startsWith('TEMPORAL_') === true || code === 'UNKNOWN_NAMESPACE';
}

/** As everywhere: 0 done, 1 failed, 5 unreachable. */
export const exitCodes: Readonly<Record<DoctorReport['outcome'], number>> = {
  ok: 0,
  problems: 1,
  temporalUnreachable: 5,
};
