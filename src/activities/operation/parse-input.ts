/** What inputs of every kind of operation say. */
import { durationMs } from '../../contract/operation/duration.js';
import { retainForMsDefault } from '../../limits/shared.js';

interface Retaining {
  readonly options?: { readonly retainFor?: number | string | undefined } | undefined;
}

/** `retainFor` in milliseconds. */
export function retainForMs({ options }: Retaining): number {
  return durationMs(options?.retainFor ?? retainForMsDefault);
}
