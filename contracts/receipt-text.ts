/** A vote with its receipt as text: a link that anyone can open, or a file that anyone can keep. */
import { toBase64url, utf8 } from './bytes.ts'
import type { OwnVote } from './check-proof.ts'

/** Where a receipt is checked; the text follows behind a '#', which no browser sends to a server. */
export const receiptPath = '/receipt'

/** The one way to write it: base64url of UTF-8 JSON, keys in this order. */
export const receiptText = (vote: OwnVote): string => toBase64url(utf8(JSON.stringify(inOrder(vote))))

export const receiptLink = (vote: OwnVote): string => `${receiptPath}#${receiptText(vote)}`

/** What a saved file holds: the same for people to read, with what else the one who saves knows. */
export const receiptFile = (vote: OwnVote, more: Readonly<Record<string, unknown>> = {}): string =>
  `${JSON.stringify({ ...inOrder(vote), ...more }, null, 2)}\n`

const inOrder = ({ pollId, voteId, box, optionId, receipt }: OwnVote): OwnVote => {
  const { batchId, position, path, signature, keyId } = receipt
  return {
    ...{ pollId, voteId, box, optionId },
    receipt: {
      ...{ batchId, position },
      ...(path !== undefined && { path }),
      ...(signature !== undefined && { signature }),
      ...(keyId !== undefined && { keyId }),
    },
  }
}
