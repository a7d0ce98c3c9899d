/** How it went: the timeline, how long each phase took, attempts, who held them up, and what runs now. */
import type { Blocker } from '../../domain/attempt.js';
import type { Attempt, Interval, IntervalClass, ReportData } from '../data.js';
import { timeline } from '../svg/timeline.js';
import { html, type Html, type Part } from '../markup/html.js';
import { facts, folded, table, type Column } from './table.js';
import { between, durationText, spaced, timeOf } from '../markup/words.js';

const classWords: Readonly<Record<IntervalClass, string>> = {
  work: 'copying, building, comparing',
  follow: 'following',
  hold: 'paused or watched',
  attempt: 'attempts',
  end: 'preparing and closing',
};

export function course(data: ReportData): Html {
  const { intervals, audit, startedAt, endedAt, madeAt } = data;
  const figure = timeline({
    intervals,
    commands: audit,
    fromMs: Date.parse(startedAt),
    toMs: Date.parse(endedAt ?? madeAt),
  });
  return html`<section aria-labelledby="course">
    <h2 id="course">How it went</h2>
    ${
      figure === null
        ? html`<p>Nothing has run yet.</p>`
        : html`<figure>
            <figcaption>
              What ran from when to when (UTC). A red border: it had failed or was tried again. The numbers are those of
              the commands in the audit trail; dotted marks are decisions of the system.
            </figcaption>
            ${figure} ${key(intervals)}
          </figure> `
    }${intervals.length === 0 ? null : phases(data)}${
      intervals.length === 0 ? null : folded('Every activity', activities(intervals))
    }
  </section> `;
}

function key(intervals: readonly Interval[]): Html {
  const there = (Object.keys(classWords) as IntervalClass[]).filter((kind) =>
    intervals.some((interval) => interval.class === kind),
  );
  return html`<ul class="key">
    ${there.map(
      (kind) =>
        html`<li>
          <svg viewBox="0 0 14 12" aria-hidden="true">
            <rect class="bar ${kind}" y="1" width="14" height="10" rx="2" /></svg
          >${classWords[kind]}
        </li>`,
    )}
  </ul> `;
}

interface Phase {
  readonly phase: string;
  readonly times: number;
  readonly from: string;
  readonly to: string | null;
  readonly totalMs: number;
}

/** Each phase once, in the order in which they began. */
function phases({ intervals, endedAt, madeAt }: ReportData): Html {
  const all = new Map<string, Phase>();
  for (const { phase, from, to } of intervals) {
    const before = all.get(phase);
    const lasted = Math.max(0, Date.parse(to ?? endedAt ?? madeAt) - Date.parse(from));
    all.set(phase, {
      ...{ phase, to, from: before?.from ?? from },
      ...{ times: (before?.times ?? 0) + 1, totalMs: (before?.totalMs ?? 0) + lasted },
    });
  }
  const columns: readonly Column<Phase>[] = [
    { title: 'Phase', cell: ({ phase }) => spaced(phase) },
    { title: 'First began', class: 'time', cell: ({ from }) => timeOf(from) },
    { title: 'Last ended', class: 'time', cell: ({ to }) => (to === null ? 'still going on' : timeOf(to)) },
    { title: 'Times', class: 'number', cell: ({ times }) => times },
    { title: 'In all', class: 'number', cell: ({ totalMs }) => durationText(totalMs) },
  ];
  return table('How long each phase took.', columns, [...all.values()]);
}

function activities(intervals: readonly Interval[]): Html {
  const columns: readonly Column<Interval>[] = [
    { title: 'From', class: 'time', cell: ({ from }) => timeOf(from) },
    { title: 'Took', class: 'number', cell: ({ from, to }) => (to === null ? 'goes on' : between(from, to)) },
    { title: 'What', cell: ({ summary, phase }) => summary || spaced(phase) },
    { title: 'End', cell: ({ outcome }) => spaced(outcome) },
    { title: 'Tries', class: 'number', cell: ({ tries }) => tries },
    { title: 'Problem', class: 'wide', cell: ({ problem }) => problem },
  ];
  return table(
    'Every activity that worked on the data or told the router, in the order of their begin.',
    columns,
    intervals,
  );
}

/** Null where nothing runs. */
export function now({ now: going, madeAt }: ReportData): Html | null {
  if (going.length === 0) return null;
  return html`<section aria-labelledby="now">
    <h2 id="now">At this moment</h2>
    <p>As it was told last before ${timeOf(madeAt)}.</p>
    ${facts(going)}
  </section> `;
}

export function attempts({ attempts: all, kind }: ReportData): Html {
  const columns: readonly Column<Attempt>[] = [
    { title: '#', class: 'number', cell: ({ number }) => number },
    { title: 'What', class: 'short', cell: ({ what }) => what },
    { title: 'Began', class: 'time', cell: ({ startedAt }) => timeOf(startedAt) },
    {
      title: 'Took',
      class: 'number',
      cell: ({ startedAt, endedAt }) => (endedAt === null ? 'goes on' : between(startedAt, endedAt)),
    },
    { title: 'Outcome', cell: ({ outcome, succeeded }) => outcomeOf(outcome, succeeded) },
    {
      title: 'Writers waited',
      class: 'number',
      cell: ({ blockedMs }) => (blockedMs === null ? null : durationText(blockedMs)),
    },
    { title: 'Detail', class: 'wide', cell: ({ detail }) => detail },
    { title: 'Held up by', class: 'lines', cell: ({ blockers }) => (blockers.length === 0 ? null : whoHeld(blockers)) },
  ];
  const title = kind === 'onlineDdl' ? 'Attempts to cut over' : 'Attempts to switch and to reverse';
  return html`<section aria-labelledby="attempts">
    <h2 id="attempts">${title}</h2>
    ${
      all.length === 0
        ? html`<p>There was none.</p> `
        : table('Each attempt with how long it held up the application’s writes.', columns, all)
    }
  </section> `;
}

function outcomeOf(outcome: string, succeeded: boolean): Part {
  return html`<span class="badge ${succeeded ? 'good' : 'warn'}">${spaced(outcome)}</span>`;
}

const namedMax = 3;

function whoHeld(blockers: readonly Blocker[]): string {
  const named = blockers.slice(0, namedMax).map(({ id, user, host }) => `${id} ${user}@${host}`);
  const more = blockers.length - named.length;
  return (more > 0 ? [...named, `and ${more} more`] : named).join('\n');
}

/** Null where nobody holds anything up. */
export function blockers({ blockers: all }: ReportData): Html | null {
  if (all.length === 0) return null;
  const columns: readonly Column<Blocker>[] = [
    { title: 'Connection', class: 'number', cell: ({ id }) => (id === 0 ? 'prepared XA' : id) },
    { title: 'Who', cell: ({ user, host }) => `${user}@${host}` },
    { title: 'For', class: 'number', cell: ({ ageSeconds }) => durationText(ageSeconds * 1_000) },
    { title: 'Holds', cell: ({ holds }) => holds },
    {
      title: 'Statement',
      class: 'wide',
      cell: ({ statement }) => (statement === '' ? null : html`<code>${statement}</code>`),
    },
  ];
  return html`<section aria-labelledby="blockers">
    <h2 id="blockers">Who held it up</h2>
    ${table('The sessions that kept the last attempt that failed for locks from them; statements without their values.', columns, all)}
  </section> `;
}
