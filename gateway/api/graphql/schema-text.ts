/** The schema as it was written, with its comments: what we execute is what we publish. */
import { readFileSync } from 'node:fs'

export const schemaText = readFileSync(new URL('../../../contracts/schema.graphql', import.meta.url), 'utf8')
