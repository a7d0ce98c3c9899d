/** Limits of asking whether a server answers, each with its reason. */

/** One try: a login and a question over a slow network take far less; a dead host never answers. */
export const probeTimeoutMs = 2_500;
/** Pause between two tries: a server that is being restarted by its supervisor is back in some seconds. */
export const probePauseMs = 1_000;
/** Tries before a server counts as silent where a person's decision depends on it: at most 10 s in all. */
export const thoroughProbes = 3;
/** How often servers are looked at while nothing else would notice their end. */
export const watchIntervalMs = 2_000;
/** How often a server is asked whether it answers, beside the work on it. */
export const pulseIntervalMs = 1_000;
/** Pulses without an answer until the work is ended: a server under load answers within 5 s, and people hear within 10 s. */
export const silentPulsesMax = 5;
/** How long a stream tries to go on before it says that a server does not answer: longer than a restart. */
export const streamSilenceMs = 5_000;
