/** What a process tells those who run it: /healthz, /readyz, /version and /metrics. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { makeReadiness, type Checks } from './checks.ts'
import { listen } from './listen.ts'
import { isOneOfSeveral, shareMetrics } from './processes.ts'
import type { Log } from './log.ts'
import type { Version } from './version.ts'

/** The pages, by their addresses. */
export const opsPages = ['/healthz', '/readyz', '/version', '/metrics'] as const

/** Answers what it knows: true = this request is answered. */
export type Ops = (req: IncomingMessage, res: ServerResponse) => boolean

/** The metrics of one process, those of Node among them. */
export function makeRegistry(process: string): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ process })
  collectDefaultMetrics({ register: registry })
  return registry
}

export function makeOps(parts: {
  readonly process: string
  readonly version: Version
  readonly checks: Checks
  readonly log: Pick<Log, 'error'>
  readonly registry?: Registry
}): Ops {
  const registry = parts.registry ?? makeRegistry(parts.process)
  const metrics = isOneOfSeveral() ? shareMetrics(registry) : () => registry.metrics()
  const readiness = makeReadiness(parts.checks)

  const pages: Readonly<Record<(typeof opsPages)[number], () => Promise<Page>>> = {
    '/healthz': async () => json(200, { alive: true, process: parts.process }),
    '/readyz': async () => {
      const { ready, dependencies } = await readiness()
      return json(ready ? 200 : 503, { ready, process: parts.process, dependencies })
    },
    '/version': async () => json(200, { process: parts.process, ...parts.version }),
    '/metrics': async () => ({ status: 200, type: registry.contentType, body: await metrics() }),
  }

  return (req, res) => {
    const path = (req.url ?? '').split('?', 1)[0] ?? ''
    const known = opsPages.find((each) => each === path)
    if (known === undefined) return false
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD')
      send(res, json(405, { error: { reason: 'method-not-allowed', message: 'Ask with GET.' } }))
      return true
    }
    void pages[known]()
      .catch((error: unknown) => {
        parts.log.error({ err: error, path }, 'an ops page failed')
        return json(500, { error: { reason: 'unavailable', message: 'This page failed; it was noted.' } })
      })
      .then((answer) => send(res, answer))
    return true
  }
}

/** Serves the ops pages alone, for a process that has no other door. */
export async function serveOps(parts: {
  readonly host: string
  readonly port: number
  readonly ops: Ops
  readonly log: Pick<Log, 'info'>
}): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((req, res) => {
    if (parts.ops(req, res)) return
    send(res, json(404, { error: { reason: 'unknown-path', message: 'There is nothing at this address.' } }))
  })
  const port = await listen(server, parts.host, parts.port)
  parts.log.info({ host: parts.host, port }, 'ops pages are served')
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // A probe that is being answered is not worth a wait.
      server.closeAllConnections()
      await closed
    },
  }
}

interface Page {
  readonly status: number
  readonly type: string
  readonly body: string
}

function json(status: number, body: unknown): Page {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) }
}

function send(res: ServerResponse, { status, type, body }: Page): void {
  res.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  })
  res.end(res.req.method === 'HEAD' ? undefined : body)
}
