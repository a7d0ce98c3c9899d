/** What matters in a column definition, by the words that are in no parentheses and no quotes. */
import type { ColumnDefinition } from '../alter-clause.js';
import { outerTokens, type NamedSpan } from '../token-cursor.js';
import type { Token } from '../tokens.js';

export interface ReadDefinition {
  readonly definition: ColumnDefinition;
  /** Names of CHECK constraints in the definition: `a INT CONSTRAINT positive CHECK (a > 0)`. */
  readonly constraintNames: readonly NamedSpan[];
}

/** @param tokens what follows the column's name, position (FIRST, AFTER) included. */
export function readColumnDefinition(tokens: readonly Token[]): ReadDefinition {
  const outer = outerTokens(tokens);
  const keywords = outer.map(({ keyword }) => keyword);
  return {
    definition: {
      autoIncrement: keywords[0] === 'SERIAL' || keywords.includes('AUTO_INCREMENT') || isSerialDefault(keywords),
      foreignKey: keywords.includes('REFERENCES'),
    },
    constraintNames: outer.flatMap((token, index) => {
      const named = keywords[index - 1] === 'CONSTRAINT' && keywords[index + 1] === 'CHECK';
      return named && token.keyword !== 'CHECK' ? [{ name: token.value, span: [token.start, token.end] as const }] : [];
    }),
  };
}

/** SERIAL DEFAULT VALUE is NOT NULL AUTO_INCREMENT UNIQUE. */
function isSerialDefault(keywords: readonly string[]): boolean {
  return keywords.some(
    (keyword, index) => keyword === 'SERIAL' && keywords[index + 1] === 'DEFAULT' && keywords[index + 2] === 'VALUE',
  );
}
