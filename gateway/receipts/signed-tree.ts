/** The votes of one batch for one poll as a tree whose root the house has signed: receipts come out of it. */
import { receiptStatement, type Receipt } from '../../contracts/vote.ts'
import type { FlatTree } from '../../runtime/flat-tree.ts'

/** The house's own key; the same text is signed the same way every time. */
export interface Signer {
  readonly keyId: string
  /** 64 bytes. */
  readonly sign: (text: string) => Buffer
}

export interface SignedTree {
  readonly batchId: string
  readonly pollId: string
  readonly tree: FlatTree
  readonly signature: string
  readonly keyId: string
}

/** One signature, about 40 us, for all votes of the tree. */
export function signTree(
  { keyId, sign }: Signer,
  pollId: string,
  batchId: string,
  tree: FlatTree,
): SignedTree {
  const signature = sign(receiptStatement(batchId, pollId, tree.root)).toString('base64url')
  return { batchId, pollId, tree, signature, keyId }
}

/** `path`: of the leaf at this position. */
export const receiptOf = (
  { batchId, signature, keyId }: SignedTree,
  position: number,
  path: string,
): Receipt => ({ batchId, position, path, signature, keyId })
