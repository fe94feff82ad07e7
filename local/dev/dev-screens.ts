/** One address for a developer: both UIs by Vite with hot reload, everything else from the gateway behind it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import {
  createLogger,
  createServer as createVite,
  type InlineConfig,
  type Logger,
  type ViteDevServer,
} from 'vite'
import { areaOf, routes } from '../../gateway/api/http/routes.ts'

export interface DevScreensSetup {
  readonly checkout: string
  /** Vite keeps there what it made of the dependencies. */
  readonly cacheDir: string
  readonly port: number
  readonly gatewayUrl: string
  /** Resolves once the gateway is not being started anew: a request of that moment waits in place of failing. */
  readonly gatewaySettled: () => Promise<void>
  readonly say: (line: string) => void
}

export async function openDevScreens(setup: DevScreensSetup): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const server = createServer()
  const vote = stack.adopt(await createVite(viteConfig('vote-ui', '/')), (vite) => vite.close())
  const admin = stack.adopt(await createVite(viteConfig('admin-ui', '/admin/')), (vite) => vite.close())

  function viteConfig(name: string, base: string): InlineConfig {
    const isFront = base === '/'
    return {
      ...{ configFile: join(setup.checkout, name, 'vite.config.ts'), base },
      cacheDir: join(setup.cacheDir, name),
      clearScreen: false,
      customLogger: loggerOf(name, setup.say),
      server: {
        middlewareMode: { server },
        ws: { server },
        // The data folder holds secrets, and stands in the checkout by default; the first three are Vite's own.
        fs: {
          allow: [setup.checkout, setup.cacheDir],
          deny: [
            '.env',
            '.env.*',
            '*.{crt,pem}',
            '**/.git/**',
            '**/secrets.json',
            '**/ready.json',
            '**/.urna/**',
          ],
        },
        // The gateway says itself who may call it.
        cors: false,
        ...(isFront && { proxy: gatewayProxy(setup.gatewayUrl) }),
      },
    }
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/'
    if (path === '/admin') return void res.writeHead(302, { location: '/admin/' }).end()
    if (areaOf(path) !== 'screens') await setup.gatewaySettled()
    const vite: ViteDevServer = path.startsWith('/admin/') ? admin : vote
    vite.middlewares(req, res)
  }
  server.on('request', (req, res) => void serve(req, res))
  server.listen(setup.port, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(async () => {
    server.close()
    server.closeAllConnections()
  })
  const all = stack.move()
  return { [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** Host and origin stay as the browser said them, since the gateway compares them; a socket is passed on as well. */
function gatewayProxy(target: string) {
  const paths = routes.filter(({ area }) => area !== 'screens').map(({ path }) => path)
  const options: NonNullable<NonNullable<InlineConfig['server']>['proxy']>[string] = {
    target,
    changeOrigin: false,
    ws: true,
    configure(proxy) {
      // Before Vite's own: our clients wait and ask again at a 503.
      proxy.on('error', (_fault, _req, res) => {
        if (!('writeHead' in res) || res.headersSent) return
        res.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' })
        res.end('The gateway does not run: the terminal of `npm run dev` says why.\n')
      })
    },
  }
  return Object.fromEntries(paths.map((path) => [patternOf(path), options]))
}

/** Vite takes what begins with ^ as a regular expression over path and query. */
const patternOf = (path: string): string =>
  `^${path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^?]*')}(\\?|$)`

/** What went wrong, and what was replaced in the browser; not that a proxy found nobody, which is told already. */
function loggerOf(name: string, say: (line: string) => void): Logger {
  const tell = (text: string) => {
    if (!text.includes('proxy error')) say(`${name}: ${text.trim()}`)
  }
  return {
    ...createLogger('info'),
    info: (text) => /hmr|reload/.test(text) && say(`${name}: ${text.trim()}`),
    warn: tell,
    warnOnce: tell,
    error: tell,
  }
}
