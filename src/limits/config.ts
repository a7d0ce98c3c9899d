/** Limits of src/config, each with its unit in its name and its reason. */

/** A shorter secret can be guessed from one signed request. */
export const webhookSecretCharactersMin = 16;
export const webhookSecretCharactersMax = 500;

/** A token of any kind that is in use. */
export const noticeHeaderCharactersMax = 4_000;
