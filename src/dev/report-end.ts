import { hasCode, SwitchyardError } from '../errors/switchyard-error.js';
import { exitCodeOf } from './stop-signals.js';

/** Says on standard error why a command ends, unless a signal asked it to. Returns its exit code. */
export function reportEnd(error: unknown): number {
  if (hasCode(error, 'DEV_STOPPED')) return exitCodeOf(error.facts.signal as NodeJS.Signals);
  const text = error instanceof SwitchyardError ? `${error.message}\n${error.remedy}` : String(error);
  process.stderr.write(`${text}\n`);
  return 1;
}
