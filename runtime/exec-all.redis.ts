/** Runs a pipeline or MULTI whose commands must all succeed: ioredis resolves also where some, or all, have failed. */
import type { ChainableCommander } from 'ioredis'

/** The answers in order. Throws the first fault, or where a watched key had changed. */
export async function execAll(chain: ChainableCommander): Promise<unknown[]> {
  const results = await chain.exec()
  if (results === null) throw new Error('a key that was watched has changed')
  return results.map(([error, answer]) => {
    if (error !== null) throw error
    return answer
  })
}
