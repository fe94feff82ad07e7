/** The forms of all that crosses from one release to another, each under its name and number, as JSON Schema. */
import { z } from 'zod'
import {
  anchorContentShape,
  anchorStatement,
  certifiedShape,
  signedAnchorShape,
} from '../../contracts/anchor.ts'
import { batchShape, hollowBatch } from '../../contracts/batch.ts'
import {
  anchorSignedShape,
  eventTypes,
  pollChangedShape,
  pollDeletedShape,
  votesRecordedShape,
  type EventType,
} from '../../contracts/events.ts'
import {
  exportFormat,
  manifestShape,
  talliesLineShape,
  votesLineShape,
} from '../../contracts/export-files.ts'
import { rowHeadShape } from '../../contracts/ledger.ts'
import { pollRecordShape } from '../../contracts/poll.ts'
import { proofShape } from '../../contracts/proof.ts'
import { keySetShape } from '../../contracts/signing.ts'
import { tallyFrameShape } from '../../contracts/tally.ts'
import { castVoteShape, receiptShape, receiptStatement, voteStatusInputShape } from '../../contracts/vote.ts'

/** The first line of what is signed names its form. */
const [receiptForm = ''] = receiptStatement('', '', '').split('\n')
const [anchorForm = ''] = anchorStatement('').split('\n')

/** A tally's event has no reader of ours, and so no shape: its bytes are compared alone. */
const events: Readonly<Record<Exclude<EventType, typeof eventTypes.tallyChanged>, z.ZodType>> = {
  [eventTypes.votesRecorded]: votesRecordedShape,
  [eventTypes.pollChanged]: pollChangedShape,
  [eventTypes.pollDeleted]: pollDeletedShape,
  [eventTypes.anchorSigned]: anchorSignedShape,
}

/**
 * Where a name ends in a number, another form is another number. The others have none: they may only ever grow, by
 * what a reader can do without.
 */
const shapes: Readonly<Record<string, z.ZodType>> = {
  [`job.v${hollowBatch.v}`]: batchShape,
  ...events,
  [receiptForm]: receiptShape,
  [anchorForm]: anchorContentShape,
  [`${anchorForm} signed`]: signedAnchorShape,
  [`${anchorForm} certified`]: certifiedShape,
  [`${exportFormat} manifest`]: manifestShape,
  [`${exportFormat} votes`]: votesLineShape,
  [`${exportFormat} tallies`]: talliesLineShape,
  'row head': rowHeadShape,
  proof: proofShape,
  'key set': keySetShape,
  'vote.cast': castVoteShape,
  'vote.status': voteStatusInputShape,
  'redis: poll record': pollRecordShape,
  'redis: tally frame': tallyFrameShape,
}

export const versionedShapes = (): Record<string, z.core.JSONSchema.BaseSchema> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const { $schema: _, ...schema } = z.toJSONSchema(shape, {
        io: 'input',
        // How zod spells a format as a pattern is its own affair.
        override: ({ jsonSchema }) => void (jsonSchema.format !== undefined && delete jsonSchema.pattern),
      })
      return [name, schema]
    }),
  )
