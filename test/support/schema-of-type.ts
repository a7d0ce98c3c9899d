/** JSON Schema of TypeScript types, as the compiler resolves them: for what the contract has as types only. */
import { resolve } from 'node:path';
import ts from 'typescript';
import { root } from '../docs/pages.js';

export type Json = Readonly<Record<string, unknown>>;

const file = resolve(root, 'src/contract/index.ts');

/** The schema of a type that src/contract/index.ts exports, by its name. */
export function typeSchemas(): (name: string) => Json {
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    readonly config: { readonly compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  return schemasIn(ts.createProgram([file], { ...options, noEmit: true, types: [] }));
}

function schemasIn(program: ts.Program): (name: string) => Json {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} exports nothing`);
  const exported = new Map(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
  return (name) => {
    const found = exported.get(name);
    if (found === undefined) throw new Error(`src/contract/index.ts exports no ${name}`);
    const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
    return { ...described(symbol, checker), ...schemaOf(checker.getDeclaredTypeOfSymbol(symbol), checker) };
  };
}

function schemaOf(type: ts.Type, checker: ts.TypeChecker): Json {
  if (type.isUnion()) return unionSchema(type.types, checker);
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
  const { flags } = type;
  if (flags & ts.TypeFlags.BooleanLiteral) return { const: checker.typeToString(type) === 'true' };
  if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
  if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
  if (flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
  if (flags & ts.TypeFlags.Null) return { type: 'null' };
  if (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return {};
  if (checker.isArrayType(type)) {
    const [item] = checker.getTypeArguments(type as ts.TypeReference);
    return { type: 'array', ...(item === undefined ? {} : { items: schemaOf(item, checker) }) };
  }
  return objectSchema(type, checker);
}

/** Without `undefined`, which says in JSON that a field is not there. */
function unionSchema(all: readonly ts.Type[], checker: ts.TypeChecker): Json {
  const types = all.filter(({ flags }) => (flags & ts.TypeFlags.Undefined) === 0);
  const schemas = types.map((type) => schemaOf(type, checker));
  const values = schemas.flatMap((schema) => ('const' in schema ? [schema['const']] : []));
  const others = schemas.filter((schema) => !('const' in schema));
  const isBoolean = values.includes(true) && values.includes(false);
  const rest = isBoolean ? values.filter((value) => typeof value !== 'boolean') : values;
  const parts: Json[] = [
    ...(isBoolean ? [{ type: 'boolean' }] : []),
    ...(rest.length === 1 ? [{ const: rest[0] }] : rest.length > 1 ? [{ enum: rest }] : []),
    ...others,
  ];
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { anyOf: parts };
}

function objectSchema(type: ts.Type, checker: ts.TypeChecker): Json {
  const properties: Record<string, Json> = {};
  const required: string[] = [];
  for (const property of checker.getPropertiesOfType(type)) {
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    if (!isOptional) required.push(property.name);
    properties[property.name] = {
      ...described(property, checker),
      ...schemaOf(checker.getTypeOfSymbol(property), checker),
    };
  }
  return { type: 'object', properties, required };
}

/** What its comment says. */
function described(symbol: ts.Symbol, checker: ts.TypeChecker): Json {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replace(/\s+/g, ' ').trim();
  return text === '' ? {} : { description: text };
}
