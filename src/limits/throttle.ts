/** Limits of src/throttle, each with its unit in its name and its reason. */

/** Highest limits that a throttle takes: above them it limits nothing on any server. */
export const throttleRateMax = 100_000_000;
export const throttleThreadsMax = 100_000;
export const throttleLagMsMax = 86_400_000;
export const throttleHistoryMax = 1_000_000_000_000;
/** A replica's lag is not known more exactly than the write probe writes. */
export const throttleReplicaLagMsMin = 500;
/** A write that takes longer than this has failed. */
export const throttleWriteMsMax = 60_000;
/** "auto": so many times what a write took before the copy; but shorter ones differ by as much by themselves. */
export const throttleWriteAutoFactor = 3;
export const throttleWriteAutoMsMin = 5;
/** The same where nobody knows what a write took before. */
export const throttleWriteAutoUnknownMs = 20;
/** Both travel through histories. */
export const throttleQueryCharactersMax = 4_000;
export const throttleUrlCharactersMax = 1_000;

/** The pace at which nothing is held back. */
export const throttlePaceMax = 10;
/** Rows per second of the paces below it, from 1 on: about twice as fast from one to the next, up to what a small server can. */
export const throttlePaceRates: readonly number[] = [250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 40_000, 80_000];
