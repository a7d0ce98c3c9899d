/**
 * Says on standard error what takes long: bars that redraw themselves on a terminal, else plain lines now and then.
 * Standard output stays free, since commands print JSON there.
 */
import { MultiBar, type SingleBar } from 'cli-progress';
import { devProgressLineEveryMs } from '../limits/dev.js';

export interface ProgressTask {
  /** @param done of `total`, or just how many where the total is unknown. @param detail what is being done, short. */
  update(done: number, detail: string): void;
  /** Ends the task; `outcome` is one word or two, such as `done` or `failed`. */
  end(outcome: string): void;
}

export interface Progress {
  /** One line. */
  say(line: string): void;
  /** Begins a task that takes long; `total` is null where nobody knows it, `unit` what is counted, such as `packages`. */
  begin(label: string, total: number | null, unit: string): ProgressTask;
}

/** Does the work of a task, and ends the task however the work ends. */
export async function during<T>(task: ProgressTask, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    task.end('done');
    return result;
  } catch (error) {
    task.end('failed');
    throw error;
  }
}

/** For callers that want to hear nothing. */
export const silentProgress: Progress = { say: () => undefined, begin: () => silentTask };
const silentTask: ProgressTask = { update: () => undefined, end: () => undefined };

/** @param stream where it is shown; standard error outside of tests. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? createBars(stream) : createLines((line) => stream.write(`${line}\n`));
}

interface Shown {
  readonly label: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  readonly detail: string;
  readonly startedAt: number;
}

function describe({ label, done, total, unit, detail, startedAt }: Shown): string {
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  const count = total === null ? `${done} ${unit}` : `${done} of ${total} ${unit}`;
  return `${label}: ${count}, ${seconds} s${detail === '' ? '' : `, ${detail}`}`;
}

/** Exported for its test: plain lines, each task at most one every `devProgressLineEveryMs`. */
export function createLines(write: (line: string) => void): Progress {
  return {
    say: write,
    begin(label, total, unit) {
      const startedAt = Date.now();
      let done = 0;
      let shownAt = startedAt;
      write(`${label} …`);
      return {
        update(nowDone, detail) {
          done = nowDone;
          if (Date.now() - shownAt < devProgressLineEveryMs) return;
          shownAt = Date.now();
          write(describe({ label, done, total, unit, detail, startedAt }));
        },
        end: (outcome) => write(describe({ label, done, total, unit, detail: outcome, startedAt })),
      };
    },
  };
}

const barWidth = 24;

function drawBar(shown: Shown): string {
  if (shown.total === null) return describe(shown);
  const filled = Math.round((barWidth * Math.min(shown.done, shown.total)) / shown.total);
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${describe(shown)}`;
}

function createBars(stream: NodeJS.WriteStream): Progress {
  let bars: MultiBar | undefined;
  let open = 0;
  // Bars switch the terminal's line wrapping off: whoever ends in the middle of one gets it back too.
  process.once('exit', () => bars?.stop());
  return {
    say(line) {
      if (bars) bars.log(`${line}\n`);
      else stream.write(`${line}\n`);
    },
    begin(label, total, unit) {
      // No graceful exit of its own: signals belong to whoever started the servers.
      bars ??= new MultiBar({
        stream,
        gracefulExit: false,
        clearOnComplete: true,
        autopadding: false,
        format: (_options, _params, payload: Shown) => drawBar(payload),
      });
      const running = bars;
      open += 1;
      let shown: Shown = { label, done: 0, total, unit, detail: '', startedAt: Date.now() };
      const bar: SingleBar = running.create(total ?? 1, 0, shown);
      return {
        update(done, detail) {
          shown = { ...shown, done, detail };
          bar.update(Math.min(done, total ?? 1), shown);
        },
        end(outcome) {
          running.remove(bar);
          running.log(`${describe({ ...shown, detail: outcome })}\n`);
          open -= 1;
          if (open > 0) return;
          running.stop();
          bars = undefined;
        },
      };
    },
  };
}
