/** How much room a folder takes on the disk. */
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const blockBytes = 512 // what stat counts in, whatever the file system's own blocks are

/** In bytes; what vanishes while we look, or may not be read, takes none. */
export function folderSize(folder: string): number {
  let bytes = 0
  for (const name of orEmpty(() => readdirSync(folder))) {
    const path = join(folder, name)
    const [stat] = orEmpty(() => [lstatSync(path)])
    if (stat === undefined) continue
    bytes += stat.isDirectory() ? folderSize(path) : stat.blocks * blockBytes
  }
  return bytes
}

function orEmpty<T>(read: () => T[]): T[] {
  try {
    return read()
  } catch {
    return []
  }
}
