/** Current details: the page of a migration in Temporal's UI, as short markdown with the exact next command. */
import { blockersShownMax, detailsBytesMax, statementShownCharactersMax } from '../limits/lifecycle.js';
import type { OnlineDdlStatus } from '../contract/status.js';
import type { CommandName } from '../lifecycle/command.js';
import { cutToBytes, tableCell } from './text.js';

const cellCharactersMax = 300;

/** A command line that can be pasted. */
export function commandLine(workflowId: string, command: string): string {
  return `    temporal workflow update execute --workflow-id '${workflowId}' --name ${command} --input '{}'`;
}

function facts(status: OnlineDdlStatus): readonly (readonly [string, string])[] {
  const { postponed, lastCommand, error } = status;
  const rows: (readonly [string, string | null])[] = [
    ['Attempts', status.attempts > 0 ? `${status.attempts}, since resume ${status.attemptsSinceResume}` : null],
    ['Next attempt', status.nextAttemptAt],
    ['Ready since', status.readyAt],
    ['Held back', postponed === null ? null : `by the ${postponed.by} since ${postponed.since}: ${postponed.reason}`],
    ['Paused', pauseOf(status)],
    ['Completed', status.completedAt],
    ['Writes blocked', status.blockedMs === null ? null : `${status.blockedMs} ms`],
    ['Old table', status.retainedTable],
    ['Not compared', status.notCompared.length > 0 ? status.notCompared.join(', ') : null],
    ['Error', error === null ? null : `${error.code}: ${error.message}`],
    ['Remedy', error === null || error.message.includes(error.remedy) ? null : error.remedy],
    [
      'Last command',
      lastCommand === null ? null : `${lastCommand.command}: ${lastCommand.outcome}, ${lastCommand.message}`,
    ],
  ];
  return rows.filter((row): row is readonly [string, string] => row[1] !== null);
}

function pauseOf({ paused, pauseReasons }: OnlineDdlStatus): string | null {
  if (paused === null) return pauseReasons.length > 0 ? `by the ${pauseReasons.join(', ')}` : null;
  return `by the ${paused.by} since ${paused.since}${paused.reason === null ? '' : `: ${paused.reason}`}`;
}

function blockersTable({ blockers }: OnlineDdlStatus): readonly string[] {
  if (blockers.length === 0) return [];
  const rows = blockers.slice(0, blockersShownMax).map((blocker) => {
    const { id, user, host, ageSeconds, holds, statement } = blocker;
    const cells = [String(id), user, host, `${ageSeconds} s`, holds, statement];
    return `| ${cells.map((cell) => tableCell(cell, statementShownCharactersMax)).join(' | ')} |`;
  });
  const head = ['| connection | user | host | age | holds | statement |', '|---|---|---|---|---|---|'];
  return ['', '**Blockers of the last attempt**', '', ...head, ...rows];
}

/** The page for a status; `command` is what the next step names. */
export function detailsOf(status: OnlineDdlStatus, command: CommandName | null, workflowId: string): string {
  const name = tableCell(
    status.table === null ? status.database : `${status.database}.${status.table}`,
    cellCharactersMax,
  );
  const lines = [
    `### ${name} on ${tableCell(status.cluster, cellCharactersMax)}: ${status.phase}`,
    ...(status.reason === null ? [] : ['', tableCell(status.reason, cellCharactersMax)]),
    '',
    `**Next:** ${tableCell(status.nextStep, cellCharactersMax)}`,
    ...(command === null ? [] : ['', commandLine(workflowId, command)]),
    '',
    '| | |',
    '|---|---|',
    ...facts(status).map(([label, value]) => `| ${label} | ${tableCell(value, cellCharactersMax)} |`),
    ...blockersTable(status),
    ...status.warnings.flatMap((warning) => ['', `Warning: ${tableCell(warning, cellCharactersMax)}`]),
  ];
  return pageOf(lines);
}

/** The UI's frame for current details is 24 px too low for what is in it, and hides the last line: this one may be hidden. */
const hiddenEnd = '\n\n&nbsp;';

/** A page of lines, at most as long as the UI takes. */
export function pageOf(lines: readonly string[]): string {
  return `${cutToBytes(lines.join('\n'), detailsBytesMax - hiddenEnd.length)}${hiddenEnd}`;
}
