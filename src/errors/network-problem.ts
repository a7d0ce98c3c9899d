/** What failed, in words. "fetch failed" says nothing; what is behind it does. */
export function networkProblem(error: unknown): string {
  const { cause = error } = error instanceof Error ? error : {};
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { readonly code?: unknown };
  return cause.message !== '' ? cause.message : String(code ?? cause.name);
}
