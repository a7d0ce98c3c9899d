import { lossEffects, type Loss, type LossCode } from '../../domain/loss.js';

/** What values of a column lose, without its name. */
export interface TypeLoss {
  readonly code: LossCode;
  /** What stands behind the column's name in the sentence. */
  readonly what: string;
}

/** The finding of this code: what it does is the code's. */
export function loss(code: LossCode, object: Loss['object'], name: string, sentence: string): Loss {
  return { code, effect: lossEffects[code], object, name, sentence };
}
