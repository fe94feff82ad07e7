/** `npm run identity -- NAME`: vouches for a verified voter of that name, on an Urna that is there to be tried out. */
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { makeTestIdentity } from '../gateway/sessions/test-identity.ts'
import { readReadyFile } from './ready-file.ts'
import { Trouble, lineFor } from './trouble.ts'

const usage = 'npm run identity -- NAME [--data FOLDER]'
const longestName = 100

export interface TestVoter {
  readonly name: string
  readonly token: string
  /** The vote page that takes the token by itself. */
  readonly link: string
}

/** Throws Trouble. */
export function vouchFor(args: string[], env: NodeJS.ProcessEnv, checkout: string): TestVoter {
  const { name, folder } = parse(args)
  const dataDir = resolve(folder ?? (env['DATA_DIR'] || join(checkout, '.urna')))
  const ready = readReadyFile(dataDir)
  if (ready === null) throw new Trouble(`No Urna runs on ${dataDir}: npm start begins one.`)
  if (ready.testIdentitySecret == null)
    throw new Trouble('This Urna takes no test identities: it runs in production.')
  const token = makeTestIdentity(ready.testIdentitySecret, name)
  return { name, token, link: `${ready.voteUiUrl}#identity=${token}` }
}

function parse(args: string[]): { readonly name: string; readonly folder: string | undefined } {
  const { values, positionals } = readArgs(args)
  if (positionals.length > 1) throw new Trouble(`One name, please, in quotes where it has spaces: ${usage}`)
  // The same name is the same person, however a keyboard puts its accents together.
  const name = positionals[0]?.trim().normalize() ?? ''
  if (name === '') throw new Trouble(`Whose identity? ${usage}`)
  if (name.length > longestName) throw new Trouble(`A name has at most ${longestName} characters.`)
  if (/\p{Cc}/u.test(name)) throw new Trouble('A name has no control characters.')
  return { name, folder: values.data }
}

function readArgs(args: string[]) {
  try {
    return parseArgs({ args, options: { data: { type: 'string' } }, allowPositionals: true })
  } catch (fault) {
    const why = fault instanceof Error ? fault.message.split(/\.\s/)[0] : String(fault)
    throw new Trouble(`${why}. Use: ${usage}`)
  }
}

if (import.meta.main) {
  try {
    const { name, link, token } = vouchFor(process.argv.slice(2), process.env, dirname(import.meta.dirname))
    console.log(
      `${name} is a verified voter for whoever opens this link:\n\n  ${link}\n\nThe token alone: ${token}`,
    )
  } catch (fault) {
    console.error(lineFor(fault))
    process.exitCode = 1
  }
}
