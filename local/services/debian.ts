/** Installs packages of Debian, where we are root on one. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runTool } from '../child.ts'

export function isDebian(): boolean {
  return existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')
}

/** URNA_INSTALL=never forbids it, for whoever wants their system left as it is. */
export function mayInstallPackages(): boolean {
  return process.env['URNA_INSTALL'] !== 'never' && isDebian() && process.getuid?.() === 0
}

/**
 * One installation of ours at a time, and its archives in a folder of its own: some images (Docker's Debian among them)
 * empty the common one after whatever another apt does.
 */
export async function installPackages(packages: readonly string[], signal?: AbortSignal): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  const archives = mkdtempSync(join(tmpdir(), 'urna-packages-'))
  mkdirSync(join(archives, 'partial'))
  const apt = (...args: string[]) =>
    runTool({ command: 'flock', args: [...ourTurn, 'apt-get', '-q', ...args], env }, signal)
  try {
    // Lists that cannot be refreshed may still be good enough; if they are not, the installation says so.
    await apt('update').catch(() => signal?.throwIfAborted())
    await apt(
      ...['-y', '--no-install-recommends', '-o', `Dir::Cache::archives=${archives}`, ...patience],
      ...['install', ...packages],
    )
  } finally {
    rmSync(archives, { recursive: true, force: true })
  }
}

// Another installation may be under way: five minutes outlast any that ends.
const ourTurn = ['--timeout', '300', '/run/lock/urna-packages.lock']
const patience = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'APT::Sandbox::User=root']
