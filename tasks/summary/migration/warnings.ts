/** The code of the warning that says whose figures the operations of a migration's summary are. */
export const OF_THE_BASELINE = "of-the-baseline";
