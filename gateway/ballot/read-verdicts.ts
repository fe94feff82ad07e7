/** Reads what the admission script says of a group. */
import { z } from 'zod'
import { decodeRemembered } from '../../contracts/remembered.ts'
import { voteRefusals, type VoteRefusal } from '../../contracts/refusals.ts'
import { MemoryChanged, type GroupAnswer, type GroupVote } from './judged-vote.ts'

const headShape = z
  .tuple([z.literal('judged'), z.string(), z.int(), z.int(), z.string(), z.string(), z.string()])
  .rest(z.string())

export interface Judged {
  readonly answers: readonly GroupAnswer[]
  /** The places in the group of the votes that were admitted, poll by poll, in the order of their positions. */
  readonly admitted: readonly number[]
  /** The run's batches and votes in jobs, as they now stand. */
  readonly seq: number
  readonly accepted: number
  /** What the run has accepted in all of each poll of this group; empty where nobody was admitted. */
  readonly polls: readonly { readonly pollNo: number; readonly accepted: number }[]
}

/**
 * `votePlaces`: of each verdict, the place of its vote in the group. `pollNos`: of the polls as the script was given
 * them. Throws MemoryChanged. See admit.lua.
 */
export function readVerdicts(
  batchId: string,
  votes: readonly GroupVote[],
  votePlaces: readonly number[],
  pollNos: readonly number[],
  answer: unknown,
): Judged {
  if (Array.isArray(answer) && answer[0] === 'memory') throw new MemoryChanged()
  const [, nowText, seq, accepted, letters, leftsText, ofPolls, ...texts] = headShape.parse(answer)
  if (letters.length !== votePlaces.length)
    throw new Error(`the admission script judged ${letters.length} votes of ${votePlaces.length}`)
  const acceptedAt = Number(nowText)
  const lefts = leftsText === '' ? [] : leftsText.split(',')
  const answers = new Array<GroupAnswer>(letters.length)
  const admitted: number[] = []
  let text = 0
  let left = 0
  // Of the poll whose votes are being read.
  let pollId = ''
  let position = 0
  const remainingFor = (vote: GroupVote | undefined): number | null => {
    const told = lefts[left++] ?? ''
    if (told !== '') return Number(told)
    return (vote?.poll.boxes[vote.boxNo]?.limit ?? null) === null ? null : 0
  }
  votePlaces.forEach((place, i) => {
    const letter = letters.charAt(i)
    const vote = votes[place]
    if (letter === 'a') {
      if (vote !== undefined && vote.poll.pollId !== pollId) {
        pollId = vote.poll.pollId
        position = 0
      }
      const receipt = { batchId, position: position++ }
      admitted.push(place)
      answers[place] = { is: 'accepted', acceptedAt, remaining: remainingFor(vote), receipt }
    } else if (letter === 'q' || letter === 's') {
      answers[place] = readRemembered(texts[text++] ?? '', remainingFor(vote))
    } else answers[place] = readOther(letter, texts[text++] ?? '')
  })
  const accepts = ofPolls === '' ? [] : ofPolls.split(',')
  const polls = accepts.map((text, i) => ({ pollNo: pollNos[i] ?? 0, accepted: Number(text) }))
  return { answers, admitted, seq, accepted, polls }
}

function readRemembered(text: string, remaining: number | null): GroupAnswer {
  const [vote] = decodeRemembered(text)
  if (vote === undefined) throw new Error('the admission script remembers nothing')
  const { acceptedAt, batchId, position } = vote
  return { is: 'accepted', acceptedAt, remaining, receipt: { batchId, position } }
}

function readOther(letter: string, text: string): GroupAnswer {
  switch (letter) {
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
