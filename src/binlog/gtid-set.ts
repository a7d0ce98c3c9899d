/**
 * Sets of GTIDs: the position of a change feed (P1: what the set contains was applied, what it does not contain comes
 * again). Text is the server's own, so that a stored position can be compared with `gtid_executed` and `gtid_purged` on
 * the server too; `encode` gives the bytes that COM_BINLOG_DUMP_GTID wants.
 */
import { SwitchyardError } from '../errors/switchyard-error.js';
import { gtidTagCharactersMax } from '../limits/binlog.js';

/** From `start` up to and without `end`. The intervals of one source are sorted, apart and never touch. */
interface Interval {
  readonly start: bigint;
  readonly end: bigint;
}

/** The largest number that a transaction can have. */
const gnoMax = 2n ** 63n - 2n;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const tagPattern = new RegExp(`^[a-z_][a-z0-9_]{0,${gtidTagCharactersMax - 1}}$`);
const intervalPattern = /^([0-9]{1,19})(?:\s*-\s*([0-9]{1,19}))?$/;

function invalid(problem: string): SwitchyardError {
  return new SwitchyardError('GTID_SET_NOT_VALID', { problem });
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** The name of a source within a set: `uuid:` or `uuid:tag`, so that sorting names sorts as the server does. */
function sourceName(uuid: string, tag: string): string {
  const lower = uuid.toLowerCase();
  if (!uuidPattern.test(lower)) throw invalid(`${excerpt(uuid)} is not a UUID`);
  const lowerTag = tag.toLowerCase();
  if (tag !== '' && !tagPattern.test(lowerTag)) throw invalid(`${excerpt(tag)} is not a tag`);
  return `${lower}:${lowerTag}`;
}

function checkedGno(gno: bigint): bigint {
  if (gno < 1n || gno > gnoMax) throw invalid(`${gno} is not a transaction number`);
  return gno;
}

function parseInterval(text: string): Interval {
  const match = intervalPattern.exec(text);
  if (match === null) throw invalid(`${excerpt(text)} is not an interval`);
  const start = checkedGno(BigInt(match[1]!));
  const last = match[2] === undefined ? start : checkedGno(BigInt(match[2]));
  if (last < start) throw invalid(`interval ${excerpt(text)} ends before it begins`);
  return { start, end: last + 1n };
}

/** Sorted intervals with one more, merged with those it overlaps or touches. */
function withInterval(intervals: readonly Interval[], { start, end }: Interval): readonly Interval[] {
  const before = intervals.filter((each) => each.end < start);
  const after = intervals.filter((each) => each.start > end);
  const touched = intervals.slice(before.length, intervals.length - after.length);
  const first = touched[0];
  const last = touched.at(-1);
  const merged = {
    start: first !== undefined && first.start < start ? first.start : start,
    end: last !== undefined && last.end > end ? last.end : end,
  };
  return [...before, merged, ...after];
}

/** Sorted intervals without what one interval covers. */
function withoutInterval(intervals: readonly Interval[], { start, end }: Interval): readonly Interval[] {
  return intervals.flatMap((each) => {
    if (each.end <= start || each.start >= end) return [each];
    const left = each.start < start ? [{ start: each.start, end: start }] : [];
    const right = each.end > end ? [{ start: end, end: each.end }] : [];
    return [...left, ...right];
  });
}

function intervalText({ start, end }: Interval): string {
  return end === start + 1n ? `${start}` : `${start}-${end - 1n}`;
}

/** A set of GTIDs. `add` and `addText` change it; everything else leaves it as it is and makes new sets. */
export class GtidSet {
  /** No source is ever without intervals; the arrays are never changed, so that clones share them. */
  readonly #sources: Map<string, readonly Interval[]>;

  private constructor(sources: Map<string, readonly Interval[]>) {
    this.#sources = sources;
  }

  static empty(): GtidSet {
    return new GtidSet(new Map());
  }

  /**
   * Reads a set as the server prints it: white space and empty elements are allowed, a tag holds for the intervals
   * after it. What the server would read in a surprising way (a UUID alone, an interval backwards) fails with
   * GTID_SET_NOT_VALID, as all other nonsense does.
   */
  static parse(text: string): GtidSet {
    const set = GtidSet.empty();
    for (const element of text.split(',')) {
      if (element.trim() !== '') set.#addElement(element);
    }
    return set;
  }

  #addElement(element: string): void {
    const [uuid = '', ...parts] = element.split(':').map((part) => part.trim());
    let source = sourceName(uuid, '');
    let isComplete = false;
    for (const part of parts) {
      if (/^[a-z_]/i.test(part)) {
        source = sourceName(uuid, part);
        isComplete = false;
      } else {
        this.#addInterval(source, parseInterval(part));
        isComplete = true;
      }
    }
    if (!isComplete) throw invalid(`${excerpt(element)} has no interval at its end`);
  }

  #addInterval(source: string, interval: Interval): void {
    const intervals = this.#sources.get(source) ?? [];
    const last = intervals.at(-1);
    if (last !== undefined && last.end === interval.start) {
      // The next transaction of the same source: by far the most frequent case.
      this.#sources.set(source, [...intervals.slice(0, -1), { start: last.start, end: interval.end }]);
    } else {
      this.#sources.set(source, withInterval(intervals, interval));
    }
  }

  /** Adds one GTID; `tag` is empty for one without. */
  add(uuid: string, tag: string, gno: bigint): void {
    this.#addInterval(sourceName(uuid, tag), { start: checkedGno(gno), end: gno + 1n });
  }

  /** Adds what a text holds: one GTID (`uuid:gno`, `uuid:tag:gno`) or a whole set. */
  addText(text: string): void {
    for (const [source, intervals] of GtidSet.parse(text).#sources) {
      for (const interval of intervals) this.#addInterval(source, interval);
    }
  }

  union(other: GtidSet): GtidSet {
    const result = this.clone();
    for (const [source, intervals] of other.#sources) {
      for (const interval of intervals) result.#addInterval(source, interval);
    }
    return result;
  }

  /** What is in this set and not in the other. */
  subtract(other: GtidSet): GtidSet {
    const result = this.clone();
    for (const [source, removed] of other.#sources) {
      const kept = removed.reduce(withoutInterval, result.#sources.get(source) ?? []);
      if (kept.length > 0) result.#sources.set(source, kept);
      else result.#sources.delete(source);
    }
    return result;
  }

  /** The untagged transaction of this server with the greatest number; undefined where there is none. */
  lastOf(uuid: string): string | undefined {
    const last = this.#sources.get(sourceName(uuid, ''))?.at(-1);
    return last === undefined ? undefined : `${uuid.toLowerCase()}:${last.end - 1n}`;
  }

  /** Whether all GTIDs of `text` (usually one) are in this set. */
  contains(text: string): boolean {
    return GtidSet.parse(text).isSubsetOf(this);
  }

  isSubsetOf(other: GtidSet): boolean {
    return this.subtract(other).isEmpty();
  }

  isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  clone(): GtidSet {
    return new GtidSet(new Map(this.#sources));
  }

  #sorted(): readonly (readonly [string, readonly Interval[]])[] {
    return [...this.#sources].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The server's normal form: sorted, lower case, one UUID a line, tags after the untagged intervals. */
  toString(): string {
    let text = '';
    let uuidBefore = '';
    for (const [source, intervals] of this.#sorted()) {
      const [uuid, tag] = source.split(':') as [string, string];
      if (uuid !== uuidBefore) text += `${text === '' ? '' : ',\n'}${uuid}`;
      if (tag !== '') text += `:${tag}`;
      text += `:${intervals.map(intervalText).join(':')}`;
      uuidBefore = uuid;
    }
    return text;
  }

  /**
   * The bytes for COM_BINLOG_DUMP_GTID, as Gtid_set::encode of the server makes them: without tags in the form that
   * every server reads; with tags in the form of 8.3 and later, which others refuse.
   */
  encode(): Buffer {
    const sources = this.#sorted();
    const isTagged = sources.some(([source]) => !source.endsWith(':'));
    const count = BigInt(sources.length);
    // Form 1 says so in the first and the last byte of the count.
    const chunks = [u64(isTagged ? (1n << 56n) | (count << 8n) | 1n : count)];
    for (const [source, intervals] of sources) {
      const [uuid, tag] = source.split(':') as [string, string];
      chunks.push(Buffer.from(uuid.replaceAll('-', ''), 'hex'));
      // One byte is enough: a tag has at most 32 characters, and the lowest bit 0 says that no byte follows.
      if (isTagged) chunks.push(Buffer.from([tag.length << 1]), Buffer.from(tag, 'latin1'));
      chunks.push(u64(BigInt(intervals.length)));
      for (const { start, end } of intervals) chunks.push(u64(start), u64(end));
    }
    return Buffer.concat(chunks);
  }
}

function u64(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
}
