/** `switchyard ddl plan`: what statements would do, before anything runs. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { decodePayload } from '../../contract/decode.js';
import { planDdlInputSchema } from '../../contract/plan-ddl.js';
import { renderMarkdown, renderText } from '../../domain/plan/render.js';
import { isDestructive, type DdlPlan } from '../../domain/statement-plan.js';
import { connected, withConnection, withTaskQueue, type Context } from '../context.js';
import { exitCodes, UsageProblem, type ExitCode } from '../ends.js';
import { NotAValue } from '../flags/flag.js';
import { textOf } from '../flags/values.js';
import { writeJson } from '../terminal.js';
import { filesIn } from './apply.js';

interface PlanOptions {
  readonly cluster: string;
  readonly database: string;
  readonly sqlMode?: string;
  readonly allowDestructive?: true;
  readonly markdown?: true;
}

export function addPlan(ddl: Command, context: Context): void {
  const command = ddl
    .command('plan')
    .description('says what statements would do, and changes nothing; ends with 3 where one is refused or destructive.')
    .argument('<path>', 'a file with one ALTER TABLE (- for standard input), or a folder with .sql files')
    .requiredOption('--cluster <name>', "its name in the workers' configuration")
    .requiredOption('--database <name>', 'the database of the tables')
    .option('--sql-mode <modes>', "the sql_mode of the statements; the server's own without it")
    .option('--allow-destructive', 'end with 0 although something is destroyed or narrowed')
    .option('--markdown', 'as Markdown, for a pull request');
  withTaskQueue(withConnection(command)).action((path: string) => plan(command, context, path));
}

async function plan(command: Command, context: Context, path: string): Promise<void> {
  const { cluster, database, sqlMode, allowDestructive = false, markdown = false } = command.opts<PlanOptions>();
  const isFolder = path !== '-' && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const statements = (isFolder ? filesIn(path) : [path]).map(statementOf);
  const given = decodePayload(planDdlInputSchema, {
    cluster,
    database,
    statements,
    ...(sqlMode === undefined ? {} : { sqlMode }),
  });
  if (!given.fits) throw new UsageProblem(`${given.problem}.`);
  await connected(command, context, async ({ client, terminal, json }) => {
    const planned = await client.planDdl(given.value);
    if (json) writeJson(terminal, { kind: 'plan', ...planned });
    else terminal.write(markdown ? renderMarkdown(planned) : renderText(planned));
    return endOf(planned, allowDestructive);
  });
}

function statementOf(path: string): string {
  try {
    return textOf(path).trim();
  } catch (error) {
    if (error instanceof NotAValue) throw new UsageProblem(`${basename(path)}: ${error.message}`);
    throw error;
  }
}

/** @param allowsDestructive whether what is taken away is meant. */
export function endOf({ statements }: DdlPlan, allowsDestructive: boolean): ExitCode {
  const stops = statements.some((one) => one.refused !== null || (isDestructive(one) && !allowsDestructive));
  return stops ? exitCodes.refused : exitCodes.done;
}
