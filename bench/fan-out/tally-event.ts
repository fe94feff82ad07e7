/** What a viewer asks, and the event that answers it: the same bytes from every contender. */

/** As vote-ui asks. */
const query = `subscription TallyFrames($pollId: ID!) {
  tally(pollId: $pollId) { pollId version asOf total options { optionId votes } }
}`

export function askForTally(pollId: string): string {
  return JSON.stringify({ query, variables: { pollId } })
}

/** Seven digits for each option, however long it goes on. */
export function countsAt(version: number, options: number): number[] {
  return Array.from({ length: options }, (_, i) => 1_000_000 + i * 1_000_000 + version)
}

export function tallyEvent(
  pollId: string,
  version: number,
  asOf: number,
  optionIds: readonly string[],
): string {
  const counts = countsAt(version, optionIds.length)
  const tally = {
    ...{ pollId, version, asOf: new Date(asOf).toISOString(), total: counts.reduce((a, b) => a + b, 0) },
    options: optionIds.map((optionId, i) => ({ optionId, votes: counts[i] })),
  }
  return `event: next\ndata: ${JSON.stringify({ data: { tally } })}\n\n`
}
