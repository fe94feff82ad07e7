/** Says once a second how many votes of how many are done, over the line before where a person looks on. */

const everyMs = 1_000

export function tellVotes(
  deed: string,
  out: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
): { readonly on: (votes: number, of: number) => void; readonly end: () => void } {
  let toldAt = performance.now()
  let isTold = false
  return {
    on(votes, of) {
      if (performance.now() - toldAt < everyMs) return
      toldAt = performance.now()
      isTold = true
      const share = of === 0 ? 100 : Math.floor((100 * votes) / of)
      const line = `${deed} ${votes.toLocaleString('en')} of ${of.toLocaleString('en')} votes (${share} %)`
      out.write(out.isTTY ? `\r${line}` : `${line}\n`)
    },
    end() {
      if (isTold && out.isTTY) out.write('\n')
    },
  }
}
