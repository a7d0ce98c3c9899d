/** Flags of the command line that become fields of an input: said once, as a tree of the shape of that input. */
import { InvalidArgumentError, Option, type Command } from 'commander';

export interface Flag {
  /** Where it cannot be called after its field. */
  readonly called?: string;
  /** What it does, as a part of a sentence. */
  readonly about: string;
  /** What its value is called in the help, such as `duration`; absent where it takes none. */
  readonly value?: string;
  /** The field, of what was written. @throws NotAValue. */
  readonly parse?: (text: string) => unknown;
  /** Of one without a value: what the field becomes. What is true by itself has a flag `--no-…`. */
  readonly sets?: boolean;
  /** It may be given several times; the field is the list of all. */
  readonly many?: true;
}

export interface FlagTree {
  readonly [name: string]: Flag | FlagTree;
}

/** For the fields of a type one flag each, or a tree of them: a field that is added to the type is missed here. */
export type FlagsFor<Fields> = { readonly [Name in keyof Fields]-?: Flag | FlagTree };

/** A flag with its name and its field. */
export interface PlacedFlag extends Flag {
  /** Without dashes. */
  readonly name: string;
  readonly path: readonly string[];
}

/** What stands on the command line is no value of this kind; the message says what would be. */
export class NotAValue extends Error {}

function isFlag(node: Flag | FlagTree): node is Flag {
  return typeof node.about === 'string';
}

/** `lockTimeoutMs` as `lock-timeout-ms`. */
export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The flags of a tree, each named after its field. @param prefix of the names, such as `throttle-`. */
export function placedFlags(tree: FlagTree, path: readonly string[] = [], prefix = ''): readonly PlacedFlag[] {
  return Object.entries(tree).flatMap(([name, node]) => {
    const at = [...path, name];
    if (!isFlag(node)) return placedFlags(node, at, prefix);
    return [{ ...node, name: `${node.sets === false ? 'no-' : ''}${prefix}${node.called ?? dashed(name)}`, path: at }];
  });
}

function optionOf({ name, value, about, parse = String, many }: PlacedFlag): Option {
  const option = new Option(value === undefined ? `--${name}` : `--${name} <${value}>`, about);
  if (value === undefined) return option;
  return option.argParser((text, before: unknown) => {
    const parsed = parsedBy(parse, text);
    const others = before instanceof Parsed && Array.isArray(before.value) ? (before.value as unknown[]) : [];
    return new Parsed(many && parsed !== null ? [...others, parsed] : parsed);
  });
}

/** A value, which may be null: commander has no option without one. */
class Parsed {
  constructor(readonly value: unknown) {}
}

/** `parse` for commander, which says of which option the value is. */
export function parsedBy<Value>(parse: (text: string) => Value, text: string): Value {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof NotAValue) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

/** Lets `command` take these. */
export function addFlags(command: Command, flags: readonly PlacedFlag[]): Command {
  for (const flag of flags) command.addOption(optionOf(flag));
  return command;
}

/** The fields that were given on the command line, in the shape of the input. */
export function givenFields(command: Command, flags: readonly PlacedFlag[]): Readonly<Record<string, unknown>> {
  let fields: Readonly<Record<string, unknown>> = {};
  for (const flag of flags) {
    const attribute = optionOf(flag).attributeName();
    if (command.getOptionValueSource(attribute) !== 'cli') continue;
    const given: unknown = command.getOptionValue(attribute);
    fields = withField(fields, flag.path, given instanceof Parsed ? given.value : (flag.sets ?? true));
  }
  return fields;
}

/** `fields` with one more, or another one. */
function withField(
  fields: Readonly<Record<string, unknown>>,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  const inner = fields[name];
  const within = typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<string, unknown>>) : {};
  return { ...fields, [name]: rest.length === 0 ? value : withField(within, rest, value) };
}

/** `problem` as the contract says it, in the words of the command line: fields by the names of their flags. */
export function inFlags(problem: string, flags: readonly PlacedFlag[]): string {
  // The longest first: `options.switch.window` before `options.switch`.
  const byLength = flags.toSorted((a, b) => b.path.length - a.path.length);
  return byLength.reduce((text, { name, path }) => {
    const field = path.join('.').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const flag = `--${name.replace(/^no-/, '')}`;
    const said = text.replace(new RegExp(`(^|; )${field}(?=[ [.])`, 'g'), `$1${flag}`);
    return path.length === 1 ? said.replace(`"${path[0]}": true`, flag) : said;
  }, problem);
}
