/** Where an operation that is followed is shown: drawn anew on a terminal, a line now and then, or JSON for each change. */
import { watchLineEveryMs } from '../limits/cli.js';
import { errorShown, errorWords } from './ends.js';
import type { Look } from './looks.js';
import { operationJson } from './show/json.js';
import { logLine, Seen, watchLines } from './show/watch.js';
import { writeJson, type Terminal } from './terminal.js';

export interface Screen {
  show(seen: Look): void;
  /** What passes by itself. */
  trouble(problem: Error): void;
  end(): void;
}

/** @param leave how one gets away from it. */
export function screenFor(terminal: Terminal, json: boolean, leave: string): Screen {
  if (json) return jsonScreen(terminal);
  return terminal.isWatched ? picture(terminal, leave) : lines(terminal);
}

function picture(terminal: Terminal, leave: string): Screen {
  const seen = new Seen();
  let height = 0;
  let last: readonly string[] = [];
  const draw = (text: readonly string[]): void => {
    // To the first line of the picture before; all below it goes.
    const back = height > 1 ? `\u001b[${height - 1}A` : '';
    terminal.write(`${back}\r\u001b[J${text.join('\n')}`);
    height = text.length;
  };
  return {
    show({ shown, problem }) {
      if (shown === null) {
        draw([...last, '', ...(problem === null ? [] : [terminal.colours.yellow(problem.message)])]);
        return;
      }
      seen.add(shown.progress);
      const { columns, rows, colours } = terminal;
      last = watchLines(shown, seen, { columns, rows, colours, nowMs: Date.now(), leave });
      draw(last);
    },
    trouble: (problem) => draw([...last, '', terminal.colours.yellow(problem.message)]),
    // The picture stays, without the line that tells how to leave it.
    end: () => terminal.write(height === 0 ? '' : '\n'),
  };
}

function lines(terminal: Terminal): Screen {
  let phase: string | undefined;
  let saidAtMs = -Infinity;
  let troubled: string | undefined;
  const say = (text: string, isNews: boolean): void => {
    const nowMs = Date.now();
    if (!isNews && nowMs - saidAtMs < watchLineEveryMs) return;
    saidAtMs = nowMs;
    terminal.write(`${text}\n`);
  };
  const trouble = (problem: Error): void => {
    say(errorWords(errorShown(problem)), problem.message !== troubled);
    troubled = problem.message;
  };
  return {
    show({ shown, problem }) {
      if (problem !== null) trouble(problem);
      if (shown === null) return;
      troubled = undefined;
      say(logLine(shown, Date.now()), shown.status.phase !== phase);
      ({ phase } = shown.status);
    },
    trouble,
    end: () => undefined,
  };
}

function jsonScreen(terminal: Terminal): Screen {
  let last = '';
  const say = (value: object): void => {
    const text = JSON.stringify(value);
    if (text !== last) writeJson(terminal, value);
    last = text;
  };
  return {
    show: (seen) => say(operationJson(seen)),
    trouble: (problem) => say(errorShown(problem)),
    end: () => undefined,
  };
}
