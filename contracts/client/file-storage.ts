/** Keeps a voter in a file, for programs outside a browser: a vote without an answer is the same vote after a restart. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import type { VoterStorage } from './types.ts'

/**
 * One file for each voter, written by one process at a time, readable by its owner only: the session's token lies in it.
 * Each change is on disk before the call that made it goes on.
 */
export function fileStorage(path: string): VoterStorage {
  const kept = read(path)
  const write = () => {
    const next = `${path}.new`
    const file = openSync(next, 'w', 0o600)
    try {
      writeSync(file, JSON.stringify(Object.fromEntries(kept), null, 2) + '\n')
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(next, path)
  }
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      kept.set(key, value)
      write()
    },
    removeItem(key) {
      if (kept.delete(key)) write()
    },
  }
}

/** A file that is there and holds something else is not overwritten: it throws. */
function read(path: string): Map<string, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map()
    throw error
  }
  const entries: [string, unknown][] = Object.entries(JSON.parse(text) as object)
  return new Map(
    entries.map(([key, value]) => {
      if (typeof value !== 'string') throw new Error(`${path} is no voter's storage`)
      return [key, value]
    }),
  )
}
