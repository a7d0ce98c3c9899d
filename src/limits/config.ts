/** Limits of src/config, each with its unit in its name and its reason. */

/** A shorter secret can be guessed from one signed request. */
export const webhookSecretCharactersMin = 16;
export const webhookSecretCharactersMax = 500;
