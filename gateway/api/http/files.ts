/** The files of a built screen, held in memory: they are few and small, and a rebuild cannot pull one away. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

export interface StaticFile {
  readonly type: string
  readonly etag: string
  readonly body: Buffer
  /** Null where it would save nothing. */
  readonly gzipped: Buffer | null
}
/** By path inside the folder, such as `assets/index-4f2a.js`. */
export type Files = ReadonlyMap<string, StaticFile>

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}
const compressible = /^(?:text\/|image\/svg|application\/)/
const compress = promisify(gzip)

/** Empty where there is no such folder. */
export async function readFiles(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const read = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      const path = join(parentPath, name)
      const body = await readFile(path)
      const type = types[extname(name).toLowerCase()] ?? 'application/octet-stream'
      return [relative(folder, path).split(sep).join('/'), await makeFile(type, body)] as const
    })
  return new Map(await Promise.all(read))
}

export async function makeFile(type: string, body: Buffer): Promise<StaticFile> {
  const gzipped = compressible.test(type) ? await compress(body, { level: 9 }) : null
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  return { type, etag, body, gzipped: gzipped && gzipped.length < body.length ? gzipped : null }
}

/** `isForever`: the name changes with the content, so that it never needs to be asked for again. */
export function sendFile(res: ServerResponse, file: StaticFile, isForever: boolean, status = 200): void {
  res.setHeader('etag', file.etag)
  res.setHeader('vary', 'accept-encoding')
  res.setHeader('cache-control', isForever ? 'public, max-age=31536000, immutable' : 'no-cache')
  const { headers, method } = res.req
  if (status === 200 && headers['if-none-match'] === file.etag) {
    res.writeHead(304)
    return void res.end()
  }
  const gzipped = /\bgzip\b/.test(String(headers['accept-encoding'] ?? '')) ? file.gzipped : null
  const body = gzipped ?? file.body
  res.writeHead(status, {
    'content-type': file.type,
    'content-length': body.length,
    ...(gzipped !== null && { 'content-encoding': 'gzip' }),
  })
  res.end(method === 'HEAD' ? undefined : body)
}
