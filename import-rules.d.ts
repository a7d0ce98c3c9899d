export const importRules: Record<string, { readonly folders: readonly string[]; readonly packages: readonly string[] }>;
export const rootFiles: readonly string[];
