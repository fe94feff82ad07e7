/** Reads the body of a request as text, up to a limit. */
import type { IncomingMessage } from 'node:http'

export type Body =
  | { readonly read: true; readonly text: string }
  | { readonly read: false; readonly because: 'too-large' | 'cut-off' }

/**
 * Nothing beyond `most` bytes is kept. What a sender sends after that is thrown away as it comes, so that it can
 * finish and hear its refusal; the server's requestTimeout bounds it.
 */
export function readBody(req: IncomingMessage, most: number): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (body: Body) => {
      req.off('data', take).off('end', finish).off('close', cut).resume()
      resolve(body)
    }
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size > most) settle({ read: false, because: 'too-large' })
      else chunks.push(chunk)
    }
    const finish = () => settle({ read: true, text: Buffer.concat(chunks).toString('utf8') })
    const cut = () => settle({ read: false, because: 'cut-off' })
    // A sender that is cut off is told by its close.
    req.on('error', () => undefined)
    req.on('data', take).on('end', finish).on('close', cut)
    if (Number(req.headers['content-length'] ?? 0) > most) settle({ read: false, because: 'too-large' })
  })
}
