/** What `dev` and `demo` take on a command line: for `npm run`, and for the program `switchyard`. They load little. */
import { InvalidArgumentError, type Command } from 'commander';
import { demoRowsDefault } from '../limits/dev.js';
import type { DemoArguments, DevOptions } from './options.js';

export function withDev(command: Command): Command {
  return command
    .description('Starts two local MySQL clusters (commerce, customer), Temporal and a worker, and stays until Ctrl-C.')
    .option('--json', 'print one line of JSON with all addresses instead of commands to paste')
    .option('--folder <path>', 'keep data and logs in this folder and go on with what it holds')
    .option('--keep', 'do not remove the temporary folder at the end')
    .option('--replica', 'start a replica of each cluster too, whose lag the throttle can look at')
    .action(async (options: DevOptions) => {
      const { dev } = await import('./dev.js');
      await dev(options);
    });
}

export function withDemo(command: Command): Command {
  const play = (move: boolean) => async (_given: object, of: Command) => {
    const { demo } = await import('./demo.js');
    demo({ move, ...of.optsWithGlobals<Omit<DemoArguments, 'move'>>() });
  };
  withDemoOptions(command)
    .description('Changes a busy table on local servers and checks that nothing was lost.')
    .enablePositionalOptions()
    .action(play(false));
  withDemoOptions(command.command('move'))
    .description(
      'Moves a busy table to another cluster, kills the source, completes without it, and cleans it up when it is back.',
    )
    .option('--happy', 'nothing dies: there, back, there again, complete')
    .action(play(true));
  return command;
}

function withDemoOptions(command: Command): Command {
  return command
    .option('--keep', 'leave everything running at the end')
    .option('--rows <number>', `rows of the table (${demoRowsDefault} where it is left out)`, positive);
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}
