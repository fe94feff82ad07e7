/** Takes what comes in meanwhile, pass by pass, until so little is left that votes can be held back for it. */

// Written in well under a second.
const littleVotes = 2_000
// Where as many come in during a pass as in the one before, no pass gets any smaller.
const mostUnshrunk = 3

/** `pass` takes what came since the one before, and answers how many votes. Answers how many they were in all. */
export async function catchUp(pass: () => Promise<number>): Promise<number> {
  let [all, fewest, unshrunk] = [0, Infinity, 0]
  while (unshrunk < mostUnshrunk) {
    const votes = await pass()
    all += votes
    if (votes < littleVotes) break
    unshrunk = votes < fewest ? 0 : unshrunk + 1
    fewest = Math.min(fewest, votes)
  }
  return all
}
