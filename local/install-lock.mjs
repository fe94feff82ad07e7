// Lets one process at a time install into a checkout; the others wait for it.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const lookEveryMs = 200

/** Resolves to the way to unlock. The lock appears with its content by link(), which is atomic: it never lacks its owner. */
export const lockInstall = async (checkout, tellOwner) => {
  const lock = join(checkout, '.urna', 'install.lock')
  const draft = `${lock}.${process.pid}`
  mkdirSync(dirname(lock), { recursive: true })
  writeFileSync(draft, String(process.pid))
  let isTold = false
  try {
    for (;;) {
      try {
        linkSync(draft, lock)
        return () => rmSync(lock, { force: true })
      } catch (error) {
        if (error.code !== 'EEXIST') throw error
      }
      const owner = ownerOf(lock)
      if (owner === undefined) continue // gone between our two looks
      if (!isAlive(owner)) {
        rmSync(lock, { force: true })
        continue
      }
      if (!isTold) tellOwner(owner)
      isTold = true
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

const ownerOf = (lock) => {
  try {
    return Number(readFileSync(lock, 'utf8'))
  } catch {
    return undefined
  }
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
