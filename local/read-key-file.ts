/** Reads a file of public keys, as a house publishes them. */
import { readFileSync } from 'node:fs'
import { parsed } from '../contracts/parsed.ts'
import { keySetShape, type KeySet } from '../contracts/signing.ts'
import { Trouble } from './trouble.ts'

/** Throws Trouble. */
export function readKeyFile(file: string): KeySet {
  const keys = keySetShape.safeParse(parsed(readFileSync(file, 'utf8')))
  if (!keys.success) throw new Trouble(`${file} is no key set.`)
  return keys.data
}
