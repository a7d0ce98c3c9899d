/** What leads on: in words for people, and as the command that these words name for whoever sends it. */

/** A command with its input, as it is sent. */
export interface NamedCommand<Name extends string = string> {
  readonly name: Name;
  /** Where a person has to say why, `reason` is empty: as it is, such a command is refused. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface NextStep<Name extends string = string> {
  /** One sentence. It begins with "Nothing" where nothing has to be sent, and names the command otherwise. */
  readonly sentence: string;
  /** What has to be sent to go on; null where nothing has to be. */
  readonly command: NamedCommand<Name> | null;
  /** What may be sent although nothing has to be, such as what holds it back; null for nothing. */
  readonly possible: NamedCommand<Name> | null;
}

/** @param sentence names `name`. @param input what the command cannot do without. */
export function toSend<Name extends string>(
  sentence: string,
  name: Name,
  input: NamedCommand['input'] = {},
): NextStep<Name> {
  return { sentence, command: { name, input }, possible: null };
}

/** @param words why nothing has to be sent. @param possible a command that may be sent all the same, which they name. */
export function nothingToSend<Name extends string>(
  words: string,
  possible: Name | null = null,
  input: NamedCommand['input'] = {},
): NextStep<Name> {
  return {
    sentence: `Nothing: ${words}`,
    command: null,
    possible: possible === null ? null : { name: possible, input },
  };
}
