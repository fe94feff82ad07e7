/** Rules of an event read back: what it counts is what its row counts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { votesRecordedMessage } from '../../contracts/events.ts'
import { canonicalBytes, type LedgerContent, type Uncounted } from '../../contracts/ledger.ts'
import { eventCounts } from './event-counts.ts'

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)

describe('an event read back', () => {
  it('RP1 tells as many counted votes as its row holds, whatever became of the others', () => {
    const vote = fc.record({
      box: word,
      option: word,
      fate: fc.constantFrom('counted', 'repeat', 'rejected'),
    })
    fc.assert(
      fc.property(fc.array(vote, { minLength: 1, maxLength: 30 }), fc.boolean(), (votes, rehearsal) => {
        const content: LedgerContent = {
          ...{ pollId: uuidv7(), batchId: uuidv7(), run: uuidv7(), runAccepted: 9 },
          acceptedAt: '2026-01-01T00:00:00.000Z',
          ...(rehearsal && { rehearsal: true as const }),
          votes: votes.map(({ box, option }, position) => [position * 2, uuidv7(), box, option]),
          uncounted: votes.flatMap(({ fate }, i): Uncounted[] => {
            if (fate === 'repeat')
              return [{ position: i * 2, outcome: 'repeat' as const, of: { batchId: uuidv7(), position: 1 } }]
            return fate === 'rejected'
              ? [{ position: i * 2, outcome: 'rejected' as const, why: 'a value ] in its "uncounted":[ way' }]
              : []
          }),
        }
        const storedAt = new Date('2026-01-01T00:00:01.234Z')
        const row = { ...content, content: canonicalBytes(content), shard: 1, seq: 2, hash: 'ab', storedAt }
        expect(eventCounts(votesRecordedMessage(row))).toEqual({
          ...{ batchId: content.batchId, pollId: content.pollId, storedAt: storedAt.getTime() },
          counted: votes.filter(({ fate }) => fate === 'counted').length,
        })
      }),
    )
  })

  it('RP2 that is none of votes is passed over', () => {
    expect(eventCounts(Buffer.from('{"id":"x","data":{"pollId":"y"}}'))).toBeNull()
    const other = '{"id":"x","type":"other","time":"","data":{"votes":[],"uncounted":[]}}'
    expect(eventCounts(Buffer.from(other))).toBeNull()
  })
})
