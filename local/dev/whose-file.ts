/** Says what a saved file is part of: which processes run it, and what else has to be done about it. */
import { basename, extname } from 'node:path'
import { walls } from '../lint/import-rules.js'

export type ProcessName = 'gateway' | 'queue-workers' | 'crowd'

/** The folders that a process imports from, as the lint rule allows it. */
const folders: Readonly<Record<ProcessName, readonly string[]>> = {
  gateway: ['gateway', ...walls.gateway.values],
  'queue-workers': ['queue-workers', ...walls['queue-workers'].values],
  crowd: ['contracts'],
}

/** All that is watched; the screens are Vite's matter. */
export const watchedFolders: readonly string[] = [...new Set([...Object.values(folders).flat(), 'local'])]

// What a process reads as it starts. A schema is read there too.
const kinds = new Set(['.ts', '.js', '.json', '.lua', '.sql', '.graphql'])

export interface Consequence {
  readonly renew: readonly ProcessName[]
  /** Whether it is a migration: one that was applied already is not run again. */
  readonly isMigration: boolean
  /** Whether it is part of what runs `npm run dev` itself. */
  readonly isOurs: boolean
}

/** `file` as seen from the checkout, with `/`. */
export function whatFollows(file: string): Consequence {
  const [folder = ''] = file.split('/')
  const isPart = kinds.has(extname(file)) && !/\.test\.tsx?$|\.d\.ts$/.test(file)
  if (!isPart) return nothing
  if (folder === 'local') {
    return basename(file) === 'crowd.ts' ? { ...nothing, renew: ['crowd'] } : { ...nothing, isOurs: true }
  }
  const isMigration = folder === 'sql' && extname(file) === '.sql'
  // The read model's own migrations are its role's matter, which runs them as it starts.
  const isModels = file.startsWith('sql/read-model/')
  const renew = processNames.filter((name) => folders[name].includes(folder))
  return {
    renew: isModels ? renew.filter((name) => name === 'queue-workers') : renew,
    isMigration,
    isOurs: false,
  }
}

const processNames = ['gateway', 'queue-workers', 'crowd'] as const
const nothing: Consequence = { renew: [], isMigration: false, isOurs: false }
