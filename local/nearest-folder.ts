/** The folder that is there: this one, or the nearest above it. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

export function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder))
}
