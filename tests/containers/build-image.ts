/** Builds our image without Docker: each stage of the Dockerfile a folder that is laid over the one it begins from. */
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, relative } from 'node:path'
import { cacheFolder } from '../../local/services.ts'
import { startSandbox } from './in-namespaces.ts'
import { readDockerfile, readJsonWords, readPairs, type Stage } from './read-dockerfile.ts'
import { readIgnore } from './read-ignore.ts'

export interface Image {
  readonly layers: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly workdir: string
  readonly user: { readonly uid: number; readonly gid: number }
  readonly command: readonly string[]
  readonly healthcheck: readonly string[] | null
}

const root = { uid: 0, gid: 0 }

export async function buildImage(checkout: string, folder: string): Promise<Image> {
  const isIgnored = readIgnore(readFileSync(join(checkout, '.dockerignore'), 'utf8'))
  const stages = readDockerfile(readFileSync(join(checkout, 'Dockerfile'), 'utf8'))
  const base = layNode(join(folder, 'node'))
  const built = new Map<string, Image>()

  async function build(stage: Stage): Promise<Image> {
    const its = join(folder, `stage-${stage.name}`)
    const own = join(its, 'layer')
    mkdirSync(own, { recursive: true })
    const below = built.get(stage.from) ?? base
    let image: Image = { ...below, layers: [own, ...below.layers] }
    const args: Record<string, string> = {}
    for (const { name, text } of stage.instructions) {
      const filled = text.replace(/\$(\w+)/g, (_, word: string) => args[word] ?? '')
      if (name === 'ARG') Object.assign(args, Object.fromEntries(readPairs(text)))
      else if (name === 'ENV')
        image = { ...image, environment: { ...image.environment, ...Object.fromEntries(readPairs(filled)) } }
      else if (name === 'WORKDIR') {
        mkdirSync(join(own, text), { recursive: true })
        image = { ...image, workdir: text }
      } else if (name === 'USER') {
        const [uid = NaN, gid = NaN] = text.split(':').map(Number)
        image = { ...image, user: { uid, gid } }
      } else if (name === 'CMD') image = { ...image, command: readJsonWords(text) }
      else if (name === 'HEALTHCHECK')
        image = { ...image, healthcheck: readJsonWords(text.replace(/^.*?CMD /, '')) }
      else if (name === 'COPY') copy(text, own, image.workdir)
      else if (name === 'RUN') await execute(text, its, image)
    }
    return image
  }

  function copy(text: string, own: string, workdir: string): void {
    const words = text.split(/\s+/)
    const from = /^--from=(.+)$/.exec(words[0] ?? '')?.[1]
    const sources = words.slice(from === undefined ? 0 : 1, -1)
    const to = words.at(-1) ?? ''
    const target = join(own, workdir, to)
    for (const source of sources) {
      const place = from === undefined ? join(checkout, source) : placeIn(from, source)
      const isShown = (path: string) => from !== undefined || !isIgnored(relative(checkout, path) || '.')
      if (!isShown(place)) throw new Error(`COPY ${source}: .dockerignore hides it`)
      const isFolder = statSync(place).isDirectory()
      const into =
        isFolder || (sources.length === 1 && !to.endsWith('/')) ? target : join(target, basename(source))
      cpSync(place, into, { recursive: true, verbatimSymlinks: true, filter: isShown })
    }
  }

  function placeIn(stage: string, path: string): string {
    const layer = built.get(stage)?.layers.find((each) => existsSync(join(each, path)))
    if (layer === undefined) throw new Error(`COPY --from=${stage}: there is no ${path}`)
    return join(layer, path)
  }

  async function execute(text: string, its: string, image: Image): Promise<void> {
    // A whole installation, 600 MB, is what the checkout has from the same lock file.
    if (text === 'npm ci --ignore-scripts') {
      const modules = join(its, 'layer', image.workdir, 'node_modules')
      return symlinkSync(join(checkout, 'node_modules'), modules)
    }
    const proxies = Object.entries(process.env).flatMap(([name, value]) =>
      /^(npm_config_\w+|\w+_proxy|\w+_PROXY|NODE_EXTRA_CA_CERTS)$/.test(name) ? [[name, value ?? '']] : [],
    )
    const home = { HOME: process.env['HOME'] ?? '/root', npm_config_prefer_offline: 'true' }
    const running = await startSandbox('build', {
      ...{ folder: its, layers: image.layers.slice(1), upper: join(its, 'layer'), user: root },
      environment: { ...Object.fromEntries(proxies), ...image.environment, ...home, NODE_ENV: '' },
      ...{ workdir: image.workdir, command: ['sh', '-c', text] },
    })
    const code = await running.end
    if (code !== 0) throw new Error(`RUN ${text} ended with ${code}:\n${running.log().slice(-3_000)}`)
    running.forget()
  }

  let last: Image = base
  for (const stage of stages) {
    if (!built.has(stage.from) && !stage.from.startsWith('node:')) throw new Error(`FROM ${stage.from}?`)
    last = await build(stage)
    built.set(stage.name, last)
  }
  return last
}

/** What Docker's node image has over a Debian: node, npm, and its user. */
function layNode(layer: string): Image {
  const bin = join(layer, 'usr/local/bin')
  mkdirSync(bin, { recursive: true })
  mkdirSync(join(layer, 'etc'))
  cpSync(process.execPath, join(bin, 'node'))
  const [npm] = globSync('node-*/node_modules/npm/bin/npm-cli.js', { cwd: cacheFolder() })
  if (npm !== undefined)
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\nexec node ${join(cacheFolder(), npm)} "$@"\n`, {
      mode: 0o755,
    })
  const others = (file: string) => readFileSync(file, 'utf8').replace(/^(node:|[^:]*:[^:]*:1000:).*\n/gm, '')
  writeFileSync(join(layer, 'etc/passwd'), `${others('/etc/passwd')}node:x:1000:1000::/home/node:/bin/sh\n`)
  writeFileSync(join(layer, 'etc/group'), `${others('/etc/group')}node:x:1000:\n`)
  return { layers: [layer], environment: {}, workdir: '/', user: root, command: ['node'], healthcheck: null }
}
