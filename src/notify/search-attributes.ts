/** Which of our search attributes a namespace has, and how it gets those that it lacks. */
import {
  searchAttributeNames,
  searchAttributeTypes,
  type SearchAttributeName,
} from '../contract/operation/search-attributes.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { searchAttributesKnownForMs } from '../limits/notify.js';

/** The part of Temporal's operator API that this needs, as the SDK's connections have it. */
interface Operator {
  listSearchAttributes(request: { readonly namespace: string }): Promise<{ readonly customAttributes?: Types | null }>;
  addSearchAttributes(request: { readonly namespace: string; readonly searchAttributes: Types }): Promise<unknown>;
}

type Types = Record<string, number>;

/** Temporal's numbers of the types (temporal.api.enums.v1.IndexedValueType). */
const typeNumbers = { KEYWORD: 2, BOOL: 5, KEYWORD_LIST: 7 } as const;

function numberOf(name: SearchAttributeName): number {
  return typeNumbers[searchAttributeTypes[name]];
}

interface Registered {
  readonly added: readonly SearchAttributeName[];
  readonly known: readonly SearchAttributeName[];
}

/** Those that the namespace lacks. @throws SEARCH_ATTRIBUTES_REFUSED where one is there with another type, or it is not told. */
export function missingSearchAttributes(
  operator: Operator,
  namespace: string,
): Promise<readonly SearchAttributeName[]> {
  return orRefused(namespace, async () => {
    const { customAttributes } = await operator.listSearchAttributes({ namespace });
    const types = customAttributes ?? {};
    const taken = searchAttributeNames.find((name) => name in types && types[name] !== numberOf(name));
    if (taken !== undefined)
      throw new TypeError(`${taken} is there, and is not of type ${searchAttributeTypes[taken]}`);
    return searchAttributeNames.filter((name) => !(name in types));
  });
}

/** Registers what is missing. @throws SEARCH_ATTRIBUTES_REFUSED. */
export async function registerSearchAttributes(operator: Operator, namespace: string): Promise<Registered> {
  const added = await missingSearchAttributes(operator, namespace);
  return orRefused(namespace, async () => {
    const searchAttributes = Object.fromEntries(added.map((name) => [name, numberOf(name)]));
    if (added.length > 0) await operator.addSearchAttributes({ namespace, searchAttributes });
    return { added, known: searchAttributeNames.filter((name) => !added.includes(name)) };
  });
}

async function orRefused<Result>(namespace: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new SwitchyardError('SEARCH_ATTRIBUTES_REFUSED', { namespace, problem }, { cause: error });
  }
}

/**
 * Those that the namespace has with our types, asked for again after a while. Never rejects: where Temporal does not tell,
 * none, since an operation without them goes on and one with an unknown one does not.
 * @param failed is told why, once in a row.
 */
export function watchSearchAttributes(
  operator: Operator,
  namespace: string,
  failed: (problem: string) => void,
): () => Promise<readonly SearchAttributeName[]> {
  let known: Promise<readonly SearchAttributeName[]> | undefined;
  let askedAtMs = 0;
  let isFailing = false;
  const ask = async (): Promise<readonly SearchAttributeName[]> => {
    try {
      const { customAttributes } = await operator.listSearchAttributes({ namespace });
      isFailing = false;
      return searchAttributeNames.filter((name) => customAttributes?.[name] === numberOf(name));
    } catch (error) {
      if (!isFailing) failed(error instanceof Error ? error.message : String(error));
      isFailing = true;
      return [];
    }
  };
  return () => {
    const now = Date.now();
    if (known === undefined || now - askedAtMs > searchAttributesKnownForMs) {
      known = ask();
      askedAtMs = now;
    }
    return known;
  };
}
