/** Limits of src/config, each with its unit in its name and its reason. */

/** A shorter secret can be guessed from one signed request. */
export const webhookSecretCharactersMin = 16;
export const webhookSecretCharactersMax = 500;

/** A token of any kind that is in use. */
export const noticeHeaderCharactersMax = 4_000;

/**
 * Slots of a worker. `control`: what is in them is short, or waits for a server. `follow`: 200 that only follow are cheap,
 * and a worker that is lost should not be missed by more. `work`: some copies at full speed fill the one thread of a worker.
 */
export const slotsDefault = { control: 50, follow: 200, work: 5 } as const;
export const slotsMax = 2_000;
/**
 * Time that running activities get to end by themselves when the worker is asked to stop; then they are cancelled, and end at
 * a checkpoint. By default so short that the end comes well below the 30 s after which Kubernetes kills a pod; as long as a
 * cut-over may last where somebody wants that it is never broken off.
 */
export const shutdownGraceMsDefault = 2_000;
export const shutdownGraceMsMax = 600_000;
/** Where metrics are shown by default: to who is on the same machine. The port is the one that OpenTelemetry uses for it. */
export const metricsAddressDefault = '127.0.0.1:9464';
/** Metrics are sent so often at most: more is work for whoever keeps them, and nobody looks so closely. */
export const metricsIntervalMsMin = 1_000;
export const metricsIntervalMsDefault = 15_000;
export const metricsIntervalMsMax = 600_000;
