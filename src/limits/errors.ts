/** Limits of src/errors, each with its unit in its name and its reason. */

/** Problems of one input, and names of unknown fields, that a message has: it goes into histories and the audit log. */
export const problemsNamedMax = 5;
export const nameShownCharactersMax = 80;
