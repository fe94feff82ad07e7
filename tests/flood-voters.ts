/** A process full of voters: each has a session of its own and sends its vote twice at the same moment. */
import { writeFileSync } from 'node:fs'
import { v7 as uuidv7 } from 'uuid'
import { makeUrnaClient } from '../contracts/client.ts'

const [trpcUrl = '', pollId = '', optionList = '', votersText = '', logFile = ''] = process.argv.slice(2)
const options = optionList.split(',')
const voters = Number(votersText)

// Enough at a time to fill groups; each of them is a person who waits for an answer.
const atATime = 48

/** What the voters were told: `voteId option` of each accepted answer, and every other answer by its reason. */
const accepted: string[] = []
const others: Record<string, number> = {}
let started = 0

async function beVoters(): Promise<void> {
  while (started < voters) {
    const optionId = options[started++ % options.length] ?? ''
    const client = makeUrnaClient({ trpcUrl, giveUpAfterMs: 120_000 })
    const vote = { pollId, optionId, voteId: uuidv7() }
    await client.startSession().catch(() => undefined)
    const answers = await Promise.allSettled([client.cast(vote), client.cast(vote)])
    for (const answer of answers) {
      if (answer.status === 'fulfilled' && answer.value.accepted) accepted.push(`${vote.voteId} ${optionId}`)
      else {
        const why = answer.status === 'rejected' ? String(answer.reason) : JSON.stringify(answer.value)
        others[why] = (others[why] ?? 0) + 1
      }
    }
  }
}

await Promise.all(Array.from({ length: atATime }, beVoters))
writeFileSync(logFile, JSON.stringify({ accepted, others }))
