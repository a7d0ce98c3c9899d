/** Limits of src/notify, each with its unit in its name and its reason. */

/** Which search attributes a namespace has is asked again after this time: whoever registers them waits for the next start. */
export const searchAttributesKnownForMs = 60_000;
