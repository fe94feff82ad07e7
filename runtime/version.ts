/** Which code runs here: its version, and its commit where that is known. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'

export interface Version {
  readonly name: string
  readonly version: string
  readonly commit: string | null
  readonly node: string
}

const house = new URL('../', import.meta.url)

/** The commit comes from URNA_COMMIT, which an image without `.git` sets, or else from the checkout. */
export async function readVersion(): Promise<Version> {
  const manifest = z.object({ name: z.string(), version: z.string() })
  const { name, version } = manifest.parse(JSON.parse(await readFile(new URL('package.json', house), 'utf8')))
  const commit = process.env['URNA_COMMIT'] || (await readCommit())
  return { name, version, commit, node: process.versions.node }
}

async function readCommit(): Promise<string | null> {
  const read = async (path: string) => (await readFile(new URL(`.git/${path}`, house), 'utf8')).trim()
  try {
    const head = await read('HEAD')
    return head.startsWith('ref: ') ? await read(head.slice('ref: '.length)) : head
  } catch {
    // A worktree, packed references, or no checkout at all: not worth a git process.
    return null
  }
}
