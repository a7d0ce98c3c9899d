/** `switchyard ddl`: changes a table. */
import type { Command } from 'commander';
import { readOnlineDdlInput, type OnlineDdlInput } from '../../contract/migration/input.js';
import { onlineDdlWorkflowId } from '../../contract/names.js';
import type { AddVerb, Context } from '../context.js';
import { UsageProblem } from '../ends.js';
import { parsedBy } from '../flags/flag.js';
import { startMigrationFlags } from '../flags/starts.js';
import { textOf } from '../flags/values.js';
import { addApply } from './apply.js';
import { addPlan } from './plan.js';
import { inputFields, startOperation, withStart } from './starts.js';

export const addDdl: AddVerb = (program, context) => {
  program.commandsGroup('Start:');
  const command = program
    .command('ddl')
    .description('changes a table by one ALTER TABLE, while applications go on writing.')
    // What stands behind "apply" is for that.
    .enablePositionalOptions()
    .argument('[statement]', 'one ALTER TABLE, between quotes')
    .option('--file <path>', 'a file with the statement; - for standard input', (path) => parsedBy(textOf, path));
  withStart(command, startMigrationFlags).action((statement: string | undefined) => start(command, context, statement));
  addApply(command, context);
  addPlan(command, context);
};

async function start(command: Command, context: Context, given: string | undefined): Promise<void> {
  const { file } = command.opts<{ file?: string }>();
  if ((given === undefined) === (file === undefined)) {
    throw new UsageProblem('Give one statement: as one word between quotes, or by --file.');
  }
  const { tableOf } = await import('../../client/table-of.js');
  const input = { ...inputFields(command, startMigrationFlags), statement: given ?? file } as OnlineDdlInput;
  await startOperation(command, context, startMigrationFlags, input, {
    idOf(some) {
      const { cluster, database } = readOnlineDdlInput(some);
      return onlineDdlWorkflowId(cluster, database, tableOf(some));
    },
    start: ({ client }, some, options) => client.onlineDdl(some, options),
  });
}
