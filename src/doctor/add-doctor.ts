/** `switchyard doctor`: the verb of the command line (docs/doctor.md). What it needs is loaded when it is called. */
import type { Command } from 'commander';
import type { DoctorWords, VerbContext } from './verb.js';

/** Adds the verb. It throws what is wrong with the configuration and with the settings for Temporal. */
export function addDoctor(program: Command, context: VerbContext): void {
  const collect = (name: string, before: readonly string[]): readonly string[] => [...before, name];
  program
    .command('doctor')
    .description(
      'looks at the clusters, Temporal and the workers of a configuration, and says what is wrong with them.',
    )
    .option('--config <file>', 'the configuration of the workers', 'switchyard.yaml')
    .option('--database <name>', 'try the grants in this database, too; several times for several', collect, [])
    .option('--fix', 'list what can be mended, ask, and do it')
    .option('--yes', 'agree to it without being asked')
    .option('--address <host:port>', 'where Temporal is (TEMPORAL_ADDRESS, or the profile of the Temporal CLI)')
    .option('--namespace <name>', 'the namespace (TEMPORAL_NAMESPACE, or the profile)')
    .option('--profile <name>', 'the profile of the Temporal CLI (TEMPORAL_PROFILE)')
    .option('--json', 'one object of JSON on one line of standard output, with a version')
    .action(async (words: DoctorWords) => {
      const { startDoctor } = await import('./start-doctor.js');
      context.exitCode = await startDoctor(words, context);
    });
}
