/** What a plan says, as short texts under headings: each form of it (text, Markdown) has the same ones. */
import type { Algorithm, StatementPlan } from '../statement-plan.js';
import { bytesText, countText, durationText } from './numbers.js';

export interface PlanLine {
  readonly heading: string;
  readonly text: string;
}

const names: Readonly<Record<Algorithm, string>> = { instant: 'INSTANT', inplace: 'INPLACE, LOCK=NONE', copy: 'COPY' };

const doings = {
  copy: 'copies the rows into a new table beside the old one, follows what changes, and swaps the two',
} as const;

/** Of a statement that is refused: why, and nothing else. */
export function linesOf(plan: StatementPlan): readonly PlanLine[] {
  if (plan.refused !== null)
    return [line('refused', `${plan.refused.code}: ${plan.refused.message}`), ...warnings(plan)];
  return [
    ...(plan.does === null ? [] : [line('does', doings[plan.does])]),
    ...algorithmLines(plan),
    ...sizeLines(plan),
    ...writerLines(plan),
    line('replicas', replicasText(plan)),
    line('revert', `${plan.revertible.possible ? 'possible' : 'not possible'}: ${plan.revertible.why}`),
    ...plan.losses.map(({ code, effect, sentence }) => line(effect, `${code}: ${sentence}`)),
    ...(plan.lossesNotListed > 0 ? [line('and', `${plan.lossesNotListed} more of these`)] : []),
    ...(plan.plannedOn === null ? [] : [line('planned', `on the table as statement ${plan.plannedOn} leaves it`)]),
    ...warnings(plan),
  ];
}

function line(heading: string, text: string): PlanLine {
  return { heading, text };
}

function warnings({ warnings: all }: StatementPlan): readonly PlanLine[] {
  return all.map((text) => line('warning', text));
}

/** Honestly: what the server could do natively, although it is not what is done. */
function algorithmLines({ algorithms }: StatementPlan): readonly PlanLine[] {
  return algorithms.map(({ algorithm, possible, why }) => {
    if (possible) {
      const says = `the server could do it with ${names[algorithm]}`;
      return line(
        'cheapest',
        `${says}${why === null ? '' : ` (${why})`}${algorithm === 'copy' ? '' : '; Switchyard copies all the same'}`,
      );
    }
    return line('not', `${names[algorithm]}: ${why ?? 'the server does not say why'}`);
  });
}

function sizeLines({ size, duration, disk }: StatementPlan): readonly PlanLine[] {
  const lines: PlanLine[] = [];
  if (size !== null) {
    const indexes = `${bytesText(size.indexBytes)} of indexes`;
    lines.push(line('size', `about ${countText(size.rows)} rows, ${bytesText(size.dataBytes)}, and ${indexes}`));
  }
  if (duration !== null) {
    const { seconds, bytesPerSecond, measuredOperations } = duration;
    const from =
      measuredOperations === 0
        ? 'a careful guess: nothing was measured here yet'
        : `the median of the last ${measuredOperations} migrations here`;
    const rate = `${bytesText(bytesPerSecond)}/s, ${from}`;
    lines.push(
      line('takes', `about ${durationText(seconds)} to copy and to build the indexes (${rate}); then it is compared`),
    );
  }
  if (disk !== null) {
    const binlog = `about ${bytesText(disk.binlogBytes)} of binlog`;
    lines.push(line('disk', `about ${bytesText(disk.copyBytes)} more until the old table is dropped, and ${binlog}`));
  }
  return lines;
}

function writerLines({ writers }: StatementPlan): readonly PlanLine[] {
  if (writers === null) return [];
  const { lockTimeoutMs, seen } = writers;
  const here =
    seen === null
      ? 'no swap was seen here yet'
      : `the last ${seen.swaps} swaps here held them for ${seen.medianMs.toFixed(0)} ms (median), at most ${seen.longestMs.toFixed(0)} ms`;
  const bound = `an attempt waits for its lock for at most ${countText(lockTimeoutMs)} ms`;
  return [line('writers', `go on while rows are copied; they wait during the swap only: ${bound}, and ${here}`)];
}

function replicasText({ replicas }: StatementPlan): string {
  if (replicas.length === 0) return 'none are attached';
  return `${replicas.join(', ')}: they replay the whole copy in small transactions, so watch their lag`;
}
