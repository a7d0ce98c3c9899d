/** Current details: the page of an operation in Temporal's UI, as short markdown with the exact next command. */
import type { Blocker } from '../../domain/attempt.js';
import { blockersShownMax } from '../../limits/shared.js';
import { detailsBytesMax, statementShownCharactersMax } from '../../limits/workflows.js';
import { shellQuoted, workflowOptions } from '../../contract/command-line.js';
import type { WorkflowAddress } from '../../contract/command-line.js';
import { commonFacts, type Facts } from '../../contract/operation/facts.js';
import type { OperationStatus } from '../../contract/operation/status.js';
import type { NamedCommand } from '../../lifecycle/operation/next-step.js';
import { cutToBytes, tableCell } from './text.js';

const cellCharactersMax = 300;

/** Half a command line would leave a shell in the middle of a word. */
const notOneLine = 'No command is shown: the name of the workflow ends in a line end.';

/** A command line that can be pasted, whatever the workflow is called. */
export function commandLine(workflow: WorkflowAddress, command: string, input: object = {}): string {
  const json = shellQuoted(JSON.stringify(input));
  const line = `    temporal workflow update execute ${workflowOptions(workflow)} --name ${command} --input ${json}`;
  return line.includes('\n') ? notOneLine : line;
}

/** What a kind adds to the page of an operation; a fact without a value is left out. */
interface Own {
  readonly title: string;
  /** What may be sent where nothing has to be. */
  readonly possible: NamedCommand | null;
  /** To which commands are sent. */
  readonly workflow: WorkflowAddress;
  readonly facts: Facts;
}

function blockersTable(blockers: readonly Blocker[]): readonly string[] {
  if (blockers.length === 0) return [];
  const rows = blockers.slice(0, blockersShownMax).map((blocker) => {
    const { id, user, host, ageSeconds, holds, statement } = blocker;
    const cells = [String(id), user, host, `${ageSeconds} s`, holds, statement];
    return `| ${cells.map((cell) => tableCell(cell, statementShownCharactersMax)).join(' | ')} |`;
  });
  const head = ['| connection | user | host | age | holds | statement |', '|---|---|---|---|---|---|'];
  return ['', '**Blockers of the last attempt**', '', ...head, ...rows];
}

/** A name in a title. */
export function titleCell(name: string): string {
  return tableCell(name, cellCharactersMax);
}

/** The page of an operation as markdown, from its status and what its kind adds. */
export function pageFor(status: OperationStatus, { title, possible, workflow, facts }: Own): string {
  const { reason, nextStep, nextCommand, blockers, warnings } = status;
  const named = nextCommand ?? possible;
  const known = [...facts, ...commonFacts(status)].filter(
    (fact): fact is readonly [string, string] => fact[1] !== null,
  );
  return pageOf([
    `### ${title}`,
    ...(reason === null ? [] : ['', tableCell(reason, cellCharactersMax)]),
    '',
    `**Next:** ${tableCell(nextStep, cellCharactersMax)}`,
    ...(named === null ? [] : ['', commandLine(workflow, named.name, named.input)]),
    '',
    '| | |',
    '|---|---|',
    ...known.map(([label, value]) => `| ${label} | ${tableCell(value, cellCharactersMax)} |`),
    ...blockersTable(blockers),
    ...warnings.flatMap((warning) => ['', `Warning: ${tableCell(warning, cellCharactersMax)}`]),
  ]);
}

/** The UI's frame for current details is 24 px too low for what is in it, and hides the last line: this one may be hidden. */
const hiddenEnd = '\n\n&nbsp;';

/** A page of lines, at most as long as the UI takes. */
export function pageOf(lines: readonly string[]): string {
  return `${cutToBytes(lines.join('\n'), detailsBytesMax - hiddenEnd.length)}${hiddenEnd}`;
}
