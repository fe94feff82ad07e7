/** The identifiers that cross a wire, as zod shapes. */
import { z } from 'zod'

/** A poll's public identifier: a UUID, lower case. */
export const pollIdShape = z.uuid('pollId must be a UUID').toLowerCase()

/** A vote's identifier: a UUIDv7 made by the client before the first send and kept through every retry. */
export const voteIdShape = z.uuid('voteId must be a UUID').toLowerCase()

/** Names in addresses, of polls, options and boxes alike: lower case letters, digits, inner hyphens. */
const nameShape = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower case letters and digits, joined by single hyphens')

/** A poll's name in an address, unique among polls. At most 64 characters. */
export const slugShape = nameShape(64)

/** An option's identifier, unique in its poll, frozen when the poll opens. At most 40 characters. */
export const optionIdShape = nameShape(40)

/** A ballot box' identifier, unique in its poll. At most 24 characters. */
export const boxIdShape = nameShape(24)
