/** Finds a Chromium for the browser tests: the system's, else Debian's, unpacked into the cache and not installed. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDebian, unpackPackages, writeLauncher } from './services/debian.ts'
import { cacheFolder } from './services.ts'
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
  const found = lookForChromium()
  if (found !== null || !isDebian()) return found
  say("The browser tests need Chromium: fetching Debian's into the cache (195 MB, once)")
  now("fetching Debian's Chromium")
  try {
    await unpackPackages(unpackedFolder(), packages, signal, makeLauncher)
  } catch (fault) {
    signal.throwIfAborted()
    say(`Chromium could not be fetched: ${lineFor(fault)}`)
  }
  return lookForChromium()
}

/** Null where there is none yet. */
export function lookForChromium(): string | null {
  const system = ['chromium', 'chromium-browser', 'google-chrome']
  for (const name of [process.env['CHROMIUM_PATH'], ...system, join(unpackedFolder(), 'chromium')]) {
    if (name === undefined || name === '') continue
    const { stdout, status } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' })
    if (status === 0) return stdout.trim()
  }
  return null
}

function unpackedFolder(): string {
  return join(cacheFolder(), `chromium-debian-${process.arch}`)
}

/** Its fonts lie beside it as well. */
function makeLauncher(root: string): void {
  const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`
  writeFileSync(join(root, 'fonts.conf'), fonts)
  const besides = { more: ['pulseaudio'], variables: 'FONTCONFIG_FILE="$here/fonts.conf"' }
  writeLauncher(root, 'chromium', 'usr/lib/chromium/chromium', besides)
}
