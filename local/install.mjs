// Installs what package-lock.json says, once: a second start sees the stamp, and two at once wait for each other.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockInstall } from './install-lock.mjs'
import { findNpm } from './npm.mjs'
import { runNpm } from './run-npm.mjs'

const tellEveryMs = { live: 500, elsewhere: 15_000 }

/** `step` begins each line that is told; without one nothing is told where all is in place. */
export const installDependencies = async (checkout, step) => {
  const started = Date.now()
  const title = step ?? 'Dependencies'
  if (isInstalled(checkout)) return step && console.log(`${title}: in place`)
  const unlock = await lockInstall(checkout, (owner) =>
    console.log(`${title}: process ${owner} installs them, waiting for it`),
  )
  try {
    if (isInstalled(checkout)) return console.log(`${title}: in place`)
    const wanted = lockHash(checkout) // of what is installed: the file may change meanwhile, by a pull
    const stopProgress = showProgress(checkout, started, title)
    try {
      await runNpm([...(await findNpm(checkout)), 'ci', '--ignore-scripts', '--loglevel=error'], checkout)
    } finally {
      stopProgress()
    }
    const lost = lostPlatformPackages(checkout)
    if (lost.length > 0)
      throw new Error(
        `npm could not fetch ${lost.join(' and ')}: the dependencies are not complete. Check the network and the disk, then start again.`,
      )
    writeFileSync(stampFile(checkout), wanted)
    console.log(`${title}: installed in ${seconds(started)}`)
  } finally {
    unlock()
  }
}

const isInstalled = (checkout) => {
  const stamp = stampFile(checkout)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash(checkout)) return true
  if (missingPackages(checkout).length > 0) return false
  writeFileSync(stamp, lockHash(checkout))
  return true
}

/**
 * What is not there as package-lock.json says. npm writes its own list last, so it is whole or missing: whoever ran npm by
 * hand need not wait for us to do it again.
 */
export const missingPackages = (checkout) => {
  const list = join(checkout, 'node_modules', '.package-lock.json')
  const found = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')).packages : {}
  const needed = Object.entries(wantedPackages(checkout))
    .filter(([path, { optional }]) => path !== '' && !optional)
    .filter(([path, { version }]) => found[path]?.version !== version)
  return [...needed.map(([path]) => path), ...lostPlatformPackages(checkout)]
}

// npm takes an optional package that it could not fetch for one that is not wanted, and says nothing.
const lostPlatformPackages = (checkout) => {
  const packages = wantedPackages(checkout)
  return Object.keys(packages[''].optionalDependencies ?? {}).filter((name) => {
    const { os = [], cpu = [] } = packages[`node_modules/${name}`] ?? {}
    const isForUs = [os].flat().includes(process.platform) && [cpu].flat().includes(process.arch)
    return isForUs && !existsSync(join(checkout, 'node_modules', name, 'package.json'))
  })
}

const wantedPackages = (checkout) =>
  JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')).packages

const stampFile = (checkout) => join(checkout, 'node_modules', '.urna-installed')

const lockHash = (checkout) =>
  createHash('sha256')
    .update(readFileSync(join(checkout, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex')

const showProgress = (checkout, started, title) => {
  const paths = Object.keys(wantedPackages(checkout)).filter((path) => path !== '')
  const isLive = process.stdout.isTTY
  if (!isLive) console.log(`${title}: installing (the first time takes about a minute)`)
  const tell = () => {
    const there = paths.filter((path) => existsSync(join(checkout, path, 'package.json'))).length
    const line = `${title}: ${there} of at most ${paths.length} packages, ${seconds(started)}`
    if (isLive) process.stdout.write(`\r\x1b[K${line}`)
    else console.log(line)
  }
  const timer = setInterval(tell, isLive ? tellEveryMs.live : tellEveryMs.elsewhere)
  return () => {
    clearInterval(timer)
    if (isLive) process.stdout.write('\r\x1b[K')
  }
}

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`
