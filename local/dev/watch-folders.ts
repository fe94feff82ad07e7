/** Tells which files below some folders were saved, several saves of one moment together. */
import { existsSync, readdirSync, statSync, watch, type Dirent, type FSWatcher } from 'node:fs'
import { join, relative, sep } from 'node:path'

// An editor truncates, writes and renames: one save is several events within a few milliseconds.
const gatherMs = 50

/**
 * `tell` hears paths as seen from `root`, of files that are gone as well. Each folder is watched on its own: a file
 * that is replaced by a rename, as many editors save, would leave a watch of its own behind.
 */
export function watchFolders(
  root: string,
  folders: readonly string[],
  tell: (files: string[]) => void,
): Disposable {
  const watchers = new Map<string, FSWatcher>()
  const saved = new Set<string>()
  let timer: NodeJS.Timeout | null = null

  function note(path: string): void {
    saved.add(relative(root, path).split(sep).join('/'))
    timer ??= setTimeout(() => {
      timer = null
      const files = [...saved].sort()
      saved.clear()
      tell(files)
    }, gatherMs)
  }

  /** `isNew`: its files came while nobody watched it. */
  function watchTree(folder: string, isNew: boolean): void {
    if (watchers.has(folder)) return
    const found = readOrNull(folder)
    if (found === null) return // it vanished as it came: a checkout of another branch, an editor's own
    const { watcher, entries } = found
    watcher.on('change', (_event, name) => name !== null && look(join(folder, String(name))))
    watcher.on('error', () => forget(folder))
    watchers.set(folder, watcher)
    for (const entry of entries) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) watchTree(path, isNew)
      else if (isNew) note(path)
    }
  }

  function look(path: string): void {
    if (!existsSync(path)) forget(path)
    else if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return watchTree(path, true)
    note(path)
  }

  /** A folder that is gone takes its watch along; another of that name is met anew. */
  function forget(path: string): void {
    for (const [folder, watcher] of watchers) {
      if (folder !== path && !folder.startsWith(path + sep)) continue
      watcher.close()
      watchers.delete(folder)
    }
  }

  for (const folder of folders) watchTree(join(root, folder), false)
  return {
    [Symbol.dispose]() {
      if (timer !== null) clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

function readOrNull(folder: string): { watcher: FSWatcher; entries: Dirent[] } | null {
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(folder)
    return { watcher, entries: readdirSync(folder, { withFileTypes: true }) }
  } catch {
    watcher?.close()
    return null
  }
}
