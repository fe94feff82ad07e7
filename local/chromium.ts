/** Finds a Chromium for the browser tests, and installs Debian's where it is missing and may be. */
import { spawnSync } from 'node:child_process'
import { installPackages, mayInstallPackages } from './services/debian.ts'
import { lineFor } from './trouble.ts'

interface Surroundings {
  readonly say: (line: string) => void
  readonly now: (doing: string) => void
  readonly signal: AbortSignal
}

// Without a font every letter is a box, and a screenshot shows nothing.
const packages = ['chromium', 'fonts-dejavu-core']

/** Null where there is none and none could be had. */
export async function findChromium({ say, now, signal }: Surroundings): Promise<string | null> {
  const found = look()
  if (found !== null || !mayInstallPackages()) return found
  say(`The browser tests need Chromium: installing Debian's ${packages.join(' and ')} (about 400 MB, once)`)
  now('installing Chromium')
  try {
    await installPackages(packages, signal)
  } catch (fault) {
    signal.throwIfAborted()
    say(`Chromium could not be installed: ${lineFor(fault)}`)
  }
  return look()
}

function look(): string | null {
  const candidates = [process.env['CHROMIUM_PATH'], 'chromium', 'chromium-browser', 'google-chrome']
  for (const name of candidates) {
    if (name === undefined || name === '') continue
    const { stdout, status } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' })
    if (status === 0) return stdout.trim()
  }
  return null
}
