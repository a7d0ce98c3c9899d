/**
 * Column pairs with values at the edges, and smallest possible changes of what a native ALTER TABLE makes of them. Values
 * and changes are SQL; in a change, `{c}` is the shadow's column and `row` counts the values from 1.
 */

export interface Change {
  readonly row: number;
  readonly to: string;
}

export interface ConversionCase {
  readonly from: string;
  readonly to: string;
  readonly values: readonly string[];
  readonly changes: readonly Change[];
}

export const NULL = 'NULL';

/** A list of members for an ENUM or SET. */
export const list = (length: number): string => Array.from({ length }, (_, index) => `'m${index}'`).join(',');
