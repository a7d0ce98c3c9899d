/** CHECK constraints that go, or are not enforced any more. */
import type { Loss } from '../../domain/loss.js';
import { createModes, splitCreateStatement, type CreateElement } from '../create-statement.js';
import { foldName, sameName } from '../identifier.js';
import type { ConstraintNames } from '../rewrite.js';
import type { TableModel } from '../table-model.js';
import { significantTokens, tokenize } from '../tokens.js';
import { loss } from './loss.js';

/** @param names what they are called in `altered`, where that is another name. */
export function checkLosses(source: TableModel, altered: TableModel, names: ConstraintNames): readonly Loss[] {
  const after = checksOf(altered);
  return checksOf(source).flatMap((check) => {
    const name = names.get(foldName(check.name)) ?? check.name;
    const whole = textOf(check);
    // The same one under another name is the same guarantee.
    if (after.some((other) => textOf(other) === whole)) return [];
    const stays = after.some((other) => sameName(other.name, name));
    const what = stays ? 'is another one, or not enforced any more' : 'is dropped';
    const sentence = `CHECK constraint ${check.name} ${what}: values that it refused are taken.`;
    return [loss('CHECK_DROPPED', 'constraint', check.name, sentence)];
  });
}

function checksOf({ createStatement }: TableModel): readonly CreateElement[] {
  return splitCreateStatement(createStatement).elements.filter(({ kind }) => kind === 'check');
}

/** Without the name; NOT ENFORCED included. */
function textOf({ text }: CreateElement): string {
  const tokens = significantTokens(tokenize(text, createModes).tokens);
  const at = tokens.findIndex(({ keyword }) => keyword === 'CHECK');
  return JSON.stringify(tokens.slice(at).map(({ kind, value }) => [kind, value]));
}
