/** A disk of its own that can be filled at a stroke: a tmpfs whose size is set to what it holds. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, statfsSync } from 'node:fs'

export interface OwnDisk extends Disposable {
  /** From now on there is no room for another page; answers how many bytes are free all the same. */
  readonly fill: () => number
  readonly empty: () => void
}

// Room for the log and the tables of some hundred thousand votes; what is not written takes no memory.
const wholeSize = '3g'

/** Said by main.ts when it has started itself in a mount namespace of its own: mounts then end with the process. */
export const ownMounts = 'URNA_CHAOS_OWN_MOUNTS'

/** Null where it cannot be had: not root, or no mount. */
export function openOwnDisk(folder: string): OwnDisk | null {
  if (process.getuid?.() !== 0 || process.env[ownMounts] !== '1') return null
  mkdirSync(folder, { recursive: true })
  // Others may pass through it: Postgres does not run as root.
  if (!mount('-t', 'tmpfs', '-o', `size=${wholeSize},mode=711`, 'urna-chaos', folder)) return null
  const resize = (size: string) => {
    if (!mount('-o', `remount,size=${size}`, folder))
      throw new Error(`${folder} cannot be resized to ${size}`)
  }
  return {
    fill() {
      // Whoever writes meanwhile may have passed the size: then it is asked for anew.
      for (let tries = 1; ; tries++) {
        const { blocks, bfree, bsize } = statfsSync(folder)
        try {
          resize(String((blocks - bfree) * bsize))
          const now = statfsSync(folder)
          return now.bfree * now.bsize
        } catch (fault) {
          if (tries === 20) throw fault
        }
      }
    },
    empty: () => resize(wholeSize),
    [Symbol.dispose]: () => void spawnSync('umount', ['-l', folder]),
  }
}

const mount = (...args: string[]) => spawnSync('mount', args, { stdio: 'ignore' }).status === 0
