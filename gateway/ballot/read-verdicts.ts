/** Reads what the admission script says of a group. */
import { z } from 'zod'
import { decodeRemembered } from '../../contracts/remembered.ts'
import { voteRefusals, type VoteRefusal } from '../../contracts/refusals.ts'
import { MemoryChanged, type GroupAnswer } from './judged-vote.ts'

const headShape = z.tuple([z.literal('judged'), z.string(), z.int(), z.int(), z.string()]).rest(z.string())

export interface Judged {
  readonly answers: readonly GroupAnswer[]
  /** How many votes were admitted into the batch. */
  readonly admitted: number
  /** The run's batches and votes in jobs, as they now stand. */
  readonly seq: number
  readonly accepted: number
}

/** Throws MemoryChanged. See admit.lua for the letters. */
export function readVerdicts(batchId: string, answer: unknown): Judged {
  if (Array.isArray(answer) && answer[0] === 'memory') throw new MemoryChanged()
  const [, nowText, seq, accepted, letters, ...texts] = headShape.parse(answer)
  const acceptedAt = Number(nowText)
  const answers: GroupAnswer[] = []
  let position = 0
  let text = 0
  for (const letter of letters) {
    if (letter === 'a')
      answers.push({ is: 'accepted', acceptedAt, receipt: { batchId, position: position++ } })
    else answers.push(readOther(letter, texts[text++] ?? '', answers))
  }
  return { answers, admitted: position, seq, accepted }
}

function readOther(letter: string, text: string, before: readonly GroupAnswer[]): GroupAnswer {
  switch (letter) {
    case 'q': {
      const { acceptedAt, batchId, position } = decodeRemembered(text)
      return { is: 'accepted', acceptedAt, receipt: { batchId, position } }
    }
    case 's': {
      const same = before[Number(text)]
      if (same === undefined) throw new Error(`the admission script named place ${text}`)
      return same
    }
    case 'v':
      return { is: 'again', because: 'rules-changed' }
    case 'r': {
      const [reason = '', retryAt = ''] = text.split('|')
      return {
        is: 'refused',
        reason: readReason(reason),
        ...(retryAt !== '' && { retryAt: Number(retryAt) }),
      }
    }
    default:
      throw new Error(`the admission script answered ${letter} ${text}`)
  }
}

function readReason(text: string): VoteRefusal {
  if (!Object.hasOwn(voteRefusals, text)) throw new Error(`the admission script refused with ${text}`)
  return text as VoteRefusal
}
