/** `switchyard report`: one operation as a page (docs/report.md). */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { connected, isJson, withConnection, type Called, type Context } from '../context.js';
import { exitCodes, UsageProblem } from '../ends.js';
import { findOperation } from '../find.js';
import { writeJson, writeLines } from '../terminal.js';

interface ReportOptions {
  readonly output?: string;
  readonly config?: string;
}

/** Instead of the name of a file. */
const standardOutput = '-';

export function addReport(program: Command, context: Context): void {
  const command = program
    .command('report')
    .description('writes one HTML page about an operation, which may be open or over.')
    .argument('<id>', 'the operation')
    .optionsGroup('Options:')
    .option('--output <file>', `where it is written; ${standardOutput} is standard output (a file named after the id)`)
    .option('--config <file>', 'the configuration of a worker: the clusters are asked, too, and only read');
  withConnection(command).action((id: string) => report(command, context, id));
}

async function report(command: Command, context: Context, id: string): Promise<void> {
  const { output, config } = command.opts<ReportOptions>();
  if (output === standardOutput && isJson(command)) {
    throw new UsageProblem('--json and --output - exclude each other: both are for standard output.');
  }
  const { clustersIn, fileNameOf, gatherReport } = await import('../../report/make-report.js');
  const { reportPage } = await import('../../report/page/page.js');
  // A mistake in it is told before anybody is asked.
  const clusters = config === undefined ? null : clustersIn(config, context.env);
  await connected(command, context, async (called) => {
    const { workflowId, kind } = await findOperation(called.client, id);
    const data = await gatherReport({ client: called.client.temporal, clusters, workflowId, kind });
    const file = output ?? fileNameOf(workflowId);
    if (file === standardOutput) called.terminal.write(reportPage(data));
    else {
      writeTo(file, reportPage(data));
      tell(called, { workflowId, file, gaps: data.gaps });
    }
    return exitCodes.done;
  });
}

/** @throws UsageProblem where that is no place for a file. */
function writeTo(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (error) {
    throw new UsageProblem(`--output: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

interface Written {
  readonly workflowId: string;
  readonly file: string;
  readonly gaps: readonly string[];
}

function tell({ terminal, json }: Called, written: Written): void {
  if (json) writeJson(terminal, { version: 1, kind: 'report', ...written });
  else writeLines(terminal, [`Written to ${written.file}.`, ...written.gaps.map((gap) => `Not in it: ${gap}`)]);
}
