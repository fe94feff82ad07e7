/** The last step of a house in containers: gives it the demo, once, and prints where everything is. */
import { existsSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { seedDemo } from '../../local/seed.ts'
import { readSettings } from '../../runtime/env.ts'

const settings = readSettings(
  z.object({
    ADMIN_TOKEN: z.string(),
    TRPC_URL: z.url(),
    PUBLIC_URL: z.url(),
    READ_MODEL_PUBLIC_URL: z.url(),
  }),
  process.env,
)
// It outlives the polls: a demo that somebody deleted does not come back.
const stamp = '/run/urna/seeded'

if (!existsSync(stamp)) {
  const isSeeded = await seedDemo(settings.TRPC_URL, settings.ADMIN_TOKEN)
  writeFileSync(stamp, `${new Date().toISOString()}\n`)
  console.log(isSeeded ? 'seed: three polls to try out' : 'seed: there are polls already')
}
const url = settings.PUBLIC_URL.replace(/\/$/, '')
console.log(`
Urna is ready

  Vote          ${url}/
  Admin         ${url}/admin/#token=${settings.ADMIN_TOKEN}
  GraphQL       ${url}/graphql
  tRPC          ${url}/trpc
  Read model    ${settings.READ_MODEL_PUBLIC_URL}
`)
