/** Part of `npm run generate`: writes docs/events.md. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { renderEventsPage } from '../contracts/events-page.ts'

const file = join(dirname(import.meta.dirname), 'docs/events.md')
writeFileSync(file, await format(renderEventsPage(), { ...(await resolveConfig(file)), filepath: file }))
