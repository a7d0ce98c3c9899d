/** `switchyard worker`, `dev` and `demo`: what runs on this machine. Each is loaded when it is asked for. */
import { withDemo, withDev } from '../../dev/verbs.js';
import type { AddVerb } from '../context.js';

/** What a worker is told on the command line. */
export interface WorkerWords {
  readonly config: string;
  readonly registerSearchAttributes?: true;
  readonly address?: string;
  readonly namespace?: string;
  readonly profile?: string;
}

/** @param work runs a worker until it is asked to end. */
export function localVerbs(work: (words: WorkerWords) => Promise<void>): AddVerb {
  return (program) => {
    program.commandsGroup('Run:');
    program
      .command('worker')
      .description('runs a worker until it is asked to end (docs/workers.md).')
      .option('--config <file>', 'its configuration', 'switchyard.yaml')
      .option('--register-search-attributes', "register what Temporal's lists show, and end; needs no configuration")
      .option('--address <host:port>', 'where Temporal is (TEMPORAL_ADDRESS, or the profile of the Temporal CLI)')
      .option('--namespace <name>', 'the namespace (TEMPORAL_NAMESPACE, or the profile)')
      .option('--profile <name>', 'the profile of the Temporal CLI (TEMPORAL_PROFILE)')
      .action((words: WorkerWords) => work(words));
    withDev(program.command('dev'));
    withDemo(program.command('demo'));
  };
}
