/** Does something to a poll while nobody can vote in it, and lets voting go on however that ends. */

export interface VotingSwitch {
  /** Stops all voting in a poll at once; `voted`: whether anybody has voted in it, or is about to. */
  readonly stopVoting: (pollId: string) => Promise<{ voted: boolean }>
  /** Lets voting go on after it was stopped. */
  readonly resumeVoting: (pollId: string) => Promise<void>
}

/** `isGone`: a poll that was deleted stays stopped. */
export async function whileStopped<T>(
  { stopVoting, resumeVoting }: VotingSwitch,
  pollId: string,
  work: (voted: boolean) => Promise<T>,
  isGone: (result: T) => boolean = () => false,
): Promise<T> {
  const { voted } = await stopVoting(pollId)
  let staysStopped = false
  try {
    const result = await work(voted)
    staysStopped = isGone(result)
    return result
  } finally {
    if (!staysStopped) await resumeVoting(pollId)
  }
}
