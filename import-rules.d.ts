export const importRules: Record<
  string,
  {
    readonly folders: readonly string[];
    readonly packages: readonly string[];
    readonly storeys?: Readonly<Record<string, readonly string[]>>;
  }
>;
export const rootFiles: readonly string[];
export const kindRules: Record<string, readonly string[]>;
export const foldersOfKinds: readonly string[];
