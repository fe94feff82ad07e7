/** The numbers of all advisory locks in one place: in one database no two deeds may wait for each other by chance. */

export const advisoryLocks = {
  migrate: 7_310_001,
  restoreMemory: 7_310_002,
  publishPolls: 7_310_003,
  /** With a second number, the poll's: such pairs are apart from the single numbers. */
  anchorPoll: 7_310_004,
  publishAnchors: 7_310_005,
  makeModel: 7_310_006,
  rebuildModel: 7_310_007,
  reconcile: 7_310_008,
} as const
