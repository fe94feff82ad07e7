/** Completes the receipts of a group, once it is known who was admitted: a tree and a signature for each of its polls. */
import type { PollRecord } from '../../contracts/poll.ts'
import type { Receipt } from '../../contracts/vote.ts'
import { treeOfTexts } from '../../runtime/flat-tree.ts'
import type { GroupAnswer, GroupVote } from '../ballot/judged-vote.ts'
import type { KeptTrees } from './kept-trees.ts'
import { leafWriter } from './leaf-writer.ts'
import { receiptOf, signTree, type SignedTree, type Signer } from './signed-tree.ts'

/**
 * `admitted`: the places among `votes` of those that the batch holds, in its order. Answers the answers, in theirs:
 * whoever was admitted now has a whole receipt, whoever was admitted before has it where the tree is kept.
 */
export type CompleteReceipts = (
  batchId: string,
  votes: readonly GroupVote[],
  judged: { readonly answers: readonly GroupAnswer[]; readonly admitted: readonly number[] },
) => readonly GroupAnswer[]

interface OfPoll {
  readonly pollId: string
  readonly leaves: string[]
}

export function makeCompleteReceipts(parts: {
  readonly signer: Signer
  readonly kept: KeptTrees
}): CompleteReceipts {
  const { signer, kept } = parts
  return (batchId, votes, { answers, admitted }) => {
    const trees = leavesByPoll(votes, admitted).map(({ pollId, leaves }) =>
      signTree(signer, pollId, batchId, treeOfTexts(leaves)),
    )
    kept.keep(trees)
    const receipts = new Map(trees.map((its) => [its.pollId, receiptsOf(its)]))
    return answers.map((answer, place) => {
      if (answer.is !== 'accepted') return answer
      const { acceptedAt, remaining, receipt } = answer
      const pollId = votes[place]?.poll.pollId ?? ''
      const whole =
        receipt.batchId === batchId
          ? receipts.get(pollId)?.[receipt.position]
          : kept.receiptAt(pollId, receipt)
      return whole == null ? answer : { is: 'accepted', acceptedAt, remaining, receipt: whole }
    })
  }
}

/** A poll's votes lie side by side: the batch is made poll by poll (see admit.bullmq.ts). */
function leavesByPoll(votes: readonly GroupVote[], admitted: readonly number[]): OfPoll[] {
  const all: OfPoll[] = []
  let of: OfPoll | undefined
  let poll: PollRecord | undefined
  let write: ReturnType<typeof leafWriter> | undefined
  for (const place of admitted) {
    const vote = votes[place]
    if (vote === undefined) throw new Error(`vote ${place} of the group was admitted, and is not there`)
    if (vote.poll !== poll || write === undefined) {
      poll = vote.poll
      write = leafWriter(poll)
    }
    if (of?.pollId !== poll.pollId) all.push((of = { pollId: poll.pollId, leaves: [] }))
    of.leaves.push(write(of.leaves.length, vote.voteId, vote.boxNo, vote.optionNo))
  }
  return all
}

/** By position. */
const receiptsOf = (its: SignedTree): Receipt[] =>
  its.tree.paths().map((path, position) => receiptOf(its, position, path))
