/** The lanes of a house: independent ways for votes, each with a hash tag on Redis, a queue, a memory and room of its own. */

/** As many as there are shards: each lane needs one. */
export const mostLanes = 16

/**
 * The lane that all votes of a voter take in a poll that is spread over so many: the voter key is an HMAC, so that its
 * first 8 hex digits spread them evenly. Postgres says the same in votes-to-restore.slonik.ts.
 */
export const laneOfVoter = (voterKey: string, hashTags: number): number =>
  hashTags === 1 ? 0 : Number.parseInt(voterKey.slice(0, 8), 16) % hashTags

/** The lane whose batches a shard receives, in a house with so many: what was received is reckoned lane by lane. */
export const laneOfShard = (shard: number, hashTags: number): number => shard % hashTags
