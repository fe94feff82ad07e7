/** nginx with the settings of deploy/edge, before gateways of a test's own. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import type { TrialCertificate } from '../deploy/image/trial-certificate.ts'
import { manage } from '../local/managed.ts'
import { findFreePort } from '../local/ports.ts'
import { cacheFolder } from '../local/services.ts'
import { findNginx } from '../local/services/nginx-program.ts'

export interface Edge extends AsyncDisposable {
  readonly url: string
}

const settingsFile = join(import.meta.dirname, '../deploy/edge/nginx.conf')

/** Only the places are others: ports, and where the certificate lies. */
export async function startEdge(
  folder: string,
  gatewayPorts: readonly number[],
  { certificate, key }: TrialCertificate,
): Promise<Edge> {
  const port = await findFreePort()
  mkdirSync(join(folder, 'tmp'), { recursive: true })
  writeFileSync(join(folder, 'certificate.pem'), certificate)
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 })
  let text = readFileSync(settingsFile, 'utf8')
  const place = (from: string, to: string) => {
    if (!text.includes(from)) throw new Error(`${settingsFile} has no ${from}`)
    text = text.replaceAll(from, to)
  }
  for (const [i, gatewayPort] of gatewayPorts.entries())
    place(`gateway-${i + 1}:3000`, `127.0.0.1:${gatewayPort}`)
  place('listen 8443', `listen 127.0.0.1:${port}`)
  place(' /tmp/', ` ${folder}/tmp/`)
  place('/run/urna/tls/', `${folder}/`)
  const settings = join(folder, 'nginx.conf')
  writeFileSync(settings, text)
  const program = await findNginx(cacheFolder(), AbortSignal.timeout(120_000))
  const nginx = manage({
    name: 'nginx',
    logFile: join(folder, 'nginx.log'),
    launch: () => ({
      command: program.command,
      args: ['-e', 'stderr', '-p', folder, '-c', settings, '-g', 'daemon off;'],
      env: program.env,
      cwd: folder,
    }),
    probe: () => answers(`https://localhost:${port}/healthz`, certificate),
    readyWithinMs: 20_000,
  })
  await nginx.start()
  return { url: `https://localhost:${port}`, [Symbol.asyncDispose]: () => nginx.stop() }
}

function answers(url: string, ca: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, (answer) => {
      answer.resume()
      if (answer.statusCode === 200) resolve()
      else reject(new Error(`${url} answers ${answer.statusCode}`))
    }).once('error', reject)
  })
}
