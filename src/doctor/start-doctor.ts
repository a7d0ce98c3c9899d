/** The doctor as it is called on a command line: with a configuration file and the settings of the Temporal CLI. */
import { loadConfig } from '../config/config.js';
import { temporalSettings } from '../temporal/settings.js';
import { doctor } from './doctor.js';
import { installQuietRuntime, reachTemporal } from './reached-temporal.js';
import type { DoctorWords, VerbContext } from './verb.js';

/** @returns the exit code. @throws INVALID_CONFIGURATION, TEMPORAL_SETTINGS_NOT_VALID. */
export async function startDoctor(
  { config: file, database: databases, address, namespace, profile, ...options }: DoctorWords,
  { env: given, terminal }: VerbContext,
): Promise<number> {
  const env = {
    ...given,
    ...(address === undefined ? {} : { TEMPORAL_ADDRESS: address }),
    ...(namespace === undefined ? {} : { TEMPORAL_NAMESPACE: namespace }),
    ...(profile === undefined ? {} : { TEMPORAL_PROFILE: profile }),
  };
  const config = loadConfig(file, env);
  const settings = temporalSettings(env);
  installQuietRuntime();
  return doctor(
    { ...options, databases },
    {
      config,
      reachTemporal: () => reachTemporal(settings),
      page: terminal,
      write: (text) => terminal.write(text),
      ...(terminal.canAsk ? { confirm: (question) => agreed(terminal, question) } : {}),
    },
  );
}

async function agreed(terminal: VerbContext['terminal'], question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await terminal.ask(`${question} [y/N] `)).trim());
}
