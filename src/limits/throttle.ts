/** Limits of src/throttle, each with its unit in its name and its reason. */

/** Highest limits that a throttle takes: above them it limits nothing on any server. */
export const throttleRateMax = 100_000_000;
export const throttleThreadsMax = 100_000;
export const throttleLagMsMax = 86_400_000;
export const throttleHistoryMax = 1_000_000_000_000;
/** Both travel through histories. */
export const throttleQueryCharactersMax = 4_000;
export const throttleUrlCharactersMax = 1_000;
