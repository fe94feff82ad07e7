/** Completes the receipts of a group, once it is known who was admitted: a tree and a signature for each of its polls. */
import type { PollRecord } from '../../contracts/poll.ts'
import type { Receipt } from '../../contracts/vote.ts'
import { treeOfTexts } from '../../runtime/flat-tree.ts'
import type { GroupAnswer, GroupVote } from '../ballot/judged-vote.ts'
import type { KeptTrees, PlacedTree } from './kept-trees.ts'
import { leafWriter } from './leaf-writer.ts'
import { receiptOf, signTree, type Signer } from './signed-tree.ts'

/**
 * `admitted`: of each position of the batch, the place of its vote among `votes`. Answers the answers, in their order:
 * whoever was admitted now has a whole receipt, whoever was admitted before has it where the tree is kept.
 */
export type CompleteReceipts = (
  batchId: string,
  votes: readonly GroupVote[],
  judged: { readonly answers: readonly GroupAnswer[]; readonly admitted: readonly number[] },
) => readonly GroupAnswer[]

interface OfPoll {
  readonly pollId: string
  readonly first: number
  readonly leaves: string[]
}

export function makeCompleteReceipts(parts: {
  readonly signer: Signer
  readonly kept: KeptTrees
}): CompleteReceipts {
  const { signer, kept } = parts
  return (batchId, votes, { answers, admitted }) => {
    const trees = leavesByPoll(votes, admitted).map(({ pollId, first, leaves }) => ({
      ...signTree(signer, pollId, batchId, treeOfTexts(leaves)),
      first,
    }))
    kept.keep(trees)
    const receipts = receiptsOf(trees)
    return answers.map((answer) => {
      if (answer.is !== 'accepted') return answer
      const { acceptedAt, remaining, receipt } = answer
      const { position } = receipt
      const whole =
        receipt.batchId === batchId ? receipts[position] : kept.receiptAt(receipt.batchId, position)
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
  for (let position = 0; position < admitted.length; position++) {
    const vote = votes[admitted[position] ?? -1]
    if (vote === undefined) throw new Error(`nobody was admitted to position ${position}`)
    if (vote.poll !== poll || write === undefined) {
      poll = vote.poll
      write = leafWriter(poll)
    }
    if (of?.pollId !== poll.pollId) all.push((of = { pollId: poll.pollId, first: position, leaves: [] }))
    of.leaves.push(write(position, vote.voteId, vote.boxNo, vote.optionNo))
  }
  return all
}

/** By position. */
const receiptsOf = (trees: readonly PlacedTree[]): Receipt[] =>
  trees.flatMap((its) => its.tree.paths().map((path, index) => receiptOf(its, its.first + index, path)))
