/** Runs a long command (fetching, building) to its end; it dies with us, is bounded in time and keeps its log. */
import type { Answer } from './program.js';
import { describeExit, supervise, type SuperviseOptions } from './supervise.js';

export interface LoggedCommand extends SuperviseOptions {
  readonly timeoutMs: number;
  /** Called about every second with all that it has written so far. */
  readonly onOutput?: (output: string) => void;
}

const lookEveryMs = 1_000;

/** What the command wrote, or why it failed (with the end of its log). Throws only when the signal was aborted. */
export async function runLogged(command: LoggedCommand): Promise<Answer> {
  const child = await supervise(command);
  const look = setInterval(() => {
    void child.readLog().then((output) => command.onOutput?.(output));
  }, lookEveryMs);
  let late = '';
  const timer = setTimeout(() => {
    late = `it took longer than ${command.timeoutMs / 60_000} minutes; `;
    child.kill('SIGKILL');
  }, command.timeoutMs);
  const { code } = await child.exited;
  clearInterval(look);
  clearTimeout(timer);
  command.signal?.throwIfAborted();
  if (code === 0) return { kind: 'answered', output: await child.readLog() };
  return {
    kind: 'failed',
    problem: `${command.title} failed (log: ${command.logFile}): ${late}${await describeExit(child)}`,
  };
}
