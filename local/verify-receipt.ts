/** Checks a receipt that a voter saved, with the proof that was saved with it: offline, from the file alone. */
import { readFileSync } from 'node:fs'
import { hash } from 'node:crypto'
import { z } from 'zod'
import { checkProof, stepSays, type ProofTools } from '../contracts/check-proof.ts'
import { parsed } from '../contracts/parsed.ts'
import { proofShape } from '../contracts/proof.ts'
import { readReceiptText } from '../contracts/read-receipt.ts'
import { keysPath, publicKeyShape, type KeySet } from '../contracts/signing.ts'
import { makeCheckSignature } from '../runtime/signing-key.ts'
import { readKeyFile } from './read-key-file.ts'
import { exitCodes } from './tell-verdict.ts'
import { Trouble } from './trouble.ts'

const savedShape = z.object({
  proof: proofShape.optional(),
  state: z.string().optional(),
  keys: z.array(publicKeyShape).optional(),
})

const tools: ProofTools = {
  sha256: (bytes) => hash('sha256', bytes, 'buffer'),
  verify: (signature, message, publicKey) =>
    makeCheckSignature(Buffer.from(publicKey))(Buffer.from(message).toString(), Buffer.from(signature)),
}

/** Throws Trouble. `keysFile`: null where the keys in the receipt's own file are to do. */
export function verifyReceipt(
  file: string,
  keysFile: string | null,
): { readonly lines: readonly string[]; readonly code: number } {
  const text = readFileSync(file, 'utf8')
  const own = readReceiptText(text)
  const saved = savedShape.safeParse(text.trim().startsWith('{') ? parsed(text) : {})
  if (own === null || !saved.success) throw new Trouble(`${file} is no receipt.`)
  const keys: KeySet | null =
    keysFile === null
      ? saved.data.keys === undefined
        ? null
        : { keys: saved.data.keys }
      : readKeyFile(keysFile)
  if (keys === null)
    throw new Trouble(`${file} holds no keys: give those that were published at ${keysPath} with --keys.`)
  const { proof = null, state } = saved.data
  const { steps, failed, unknownKey, fate, anchor } = checkProof(own, { proof, state }, keys, tools)
  const isOpen = unknownKey !== null || steps.some(({ result }) => result === 'open')
  const marks = { holds: 'yes ', fails: 'NO  ', open: '?   ', unknown: '?   ' }
  return {
    lines: [
      `Vote      ${own.voteId} for ${own.optionId} in ${own.box}`,
      `Receipt   batch ${own.receipt.batchId}, position ${own.receipt.position}`,
      ...steps.map(({ step, result }) => `  ${marks[result]}    ${stepSays(step, result)}`),
      ...(failed !== null || unknownKey !== null || fate === null
        ? []
        : [
            `Outcome   ${fate.outcome}${'of' in fate && fate.of ? `, because of position ${fate.of.position} of batch ${fate.of.batchId}` : ''}`,
          ]),
      ...(anchor === null ? [] : [`Anchor    ${anchor.anchorNo}, made ${anchor.madeAt}`]),
      ...(keysFile === null
        ? [
            `Keys      the receipt's own: compare them with those at ${keysPath}, or give that file with --keys.`,
          ]
        : []),
      '',
      failed !== null
        ? 'This receipt does not hold.'
        : unknownKey !== null
          ? `By these keys it proves nothing: get newer ones at ${keysPath}. Whoever forges a receipt can name any key.`
          : isOpen
            ? 'What could be checked holds; the rest is not in this file.'
            : 'Your vote lies where your receipt says, and an anchor covers it.',
    ],
    code: failed !== null ? exitCodes.fails : isOpen ? exitCodes.open : exitCodes.holds,
  }
}
