/**
 * What is wrong with a value that does not fit its schema, in plain words: the one place for all schemas. Values are
 * never repeated, since the field may be a password (P8).
 */
import { nameShownCharactersMax, problemsNamedMax } from '../limits/errors.js';

/** What the words need of an issue of zod, which this folder does not know. */
export interface SchemaIssue {
  readonly code?: unknown;
  readonly path?: readonly PropertyKey[] | undefined;
  readonly input?: unknown;
  readonly [fact: string]: unknown;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object with fields',
  record: 'an object with fields',
  array: 'a list',
};

/** The problem as the end of a sentence that begins with "The input is not valid:" or the like. For zod's `error`. */
export function schemaProblem(issue: SchemaIssue): string {
  const field = fieldOf(issue);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownFields(issue);
    case 'invalid_type':
      return mustBe(issue, withUnit(typeNames[String(issue['expected'])] ?? String(issue['expected']), issue));
    case 'invalid_value':
      return mustBe(issue, oneOf(namesOf(issue['values'])));
    case 'too_small':
      return `${field} ${bound(issue, 'at least', issue['minimum'])}`;
    case 'too_big':
      return `${field} ${bound(issue, 'at most', issue['maximum'])}`;
    case 'invalid_format':
      return mustBe(
        issue,
        issue['format'] === 'datetime' ? 'a time such as "2026-11-21T05:15:00Z"' : 'written otherwise',
      );
    default:
      return `${field} is not valid`;
  }
}

/** The problem of a field that has to be `what`; says where it is missing. */
export function mustBe(issue: SchemaIssue, what: string): string {
  const field = fieldOf(issue);
  if (issue.input === undefined) return `${field} is missing; it has to be ${what}`;
  const isOtherType = issue.code === 'invalid_type' && issue['expected'] !== 'int';
  return `${field} has to be ${what}${isOtherType ? `, not ${givenAs(issue.input)}` : ''}`;
}

function givenAs(input: unknown): string {
  if (input === null) return 'null';
  return typeNames[Array.isArray(input) ? 'array' : typeof input] ?? 'that';
}

/** Several problems as one; the first ones are enough to begin with. */
export function joinProblems(problems: readonly string[]): string {
  const named = problems.slice(0, problemsNamedMax);
  const more = problems.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** The field as people write it, such as `options.cutOver.backoffMs[1]`; "it" for the whole. */
function fieldOf({ path = [] }: SchemaIssue): string {
  if (path.length === 0) return 'it';
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** The unit is the last word of a field's name. */
function isMilliseconds({ path = [] }: SchemaIssue): boolean {
  const name = path.findLast((part) => typeof part === 'string') ?? '';
  return String(name).endsWith('Ms');
}

function withUnit(what: string, issue: SchemaIssue): string {
  const isNumber = what === typeNames['number'] || what === typeNames['int'];
  return isNumber && isMilliseconds(issue) ? `${what} of milliseconds` : what;
}

function bound(issue: SchemaIssue, word: string, limit: unknown): string {
  const amount = Number(limit);
  const count = `${word} ${amount.toLocaleString('en')}`;
  switch (issue['origin']) {
    case 'string':
      return amount === 1 && word === 'at least' ? 'is empty' : `has to have ${count} characters`;
    case 'array':
      return amount === 1 && word === 'at least' ? 'is an empty list' : `has to have ${count} entries`;
    default:
      return `has to be ${count}${isMilliseconds(issue) ? ' milliseconds' : ''}`;
  }
}

function unknownFields(issue: SchemaIssue): string {
  const { path = [], inst } = issue;
  const keys = namesOf(issue['keys']).map((key) => key.slice(0, nameShownCharactersMax));
  const more = keys.length - problemsNamedMax;
  const named = `${keys.slice(0, problemsNamedMax).join(' or ')}${more > 0 ? ` (and ${more} more)` : ''}`;
  const known = shapeOf(inst).join(', ');
  const where = path.length === 0 ? 'there is' : `${fieldOf(issue)} has`;
  return `${where} no field ${named}; there are: ${known}`;
}

/** Such as `"a", "b" or "c"`. */
function oneOf(names: readonly string[]): string {
  return names.join(', ').replace(/, (?=[^,]*$)/, ' or ');
}

function namesOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map((name: unknown) => JSON.stringify(name)) : [];
}

interface SchemaLike {
  readonly _zod?: {
    readonly def?: {
      readonly type?: string;
      readonly shape?: Readonly<Record<string, SchemaLike>>;
      readonly innerType?: SchemaLike;
    };
  };
}

/** The fields of an object schema. Those that take anything are there only to be refused by name elsewhere. */
function shapeOf(schema: unknown): readonly string[] {
  const shape = (schema as SchemaLike | undefined)?._zod?.def?.shape ?? {};
  return Object.entries(shape).flatMap(([name, { _zod: field }]) =>
    field?.def?.innerType?._zod?.def?.type === 'unknown' ? [] : [name],
  );
}
