/** Reads the body of a request as text, up to a limit. */
import type { IncomingMessage } from 'node:http'

export type BodyText = { readonly read: string } | 'too-large' | 'cut-off'

/**
 * Nothing beyond `most` bytes is kept. What a sender sends after that is thrown away as it comes, so that it can
 * finish and hear its refusal; the server's requestTimeout bounds it. `told` is called once.
 */
export function readText(req: IncomingMessage, most: number, told: (body: BodyText) => void): void {
  let chunks: Buffer[] | null = null
  let first: Buffer | null = null
  let size = 0
  const settle = (body: BodyText) => {
    req.off('data', take).off('end', finish).off('close', cut).resume()
    told(body)
  }
  const take = (chunk: Buffer) => {
    size += chunk.length
    if (size > most) settle('too-large')
    else if (first === null) first = chunk
    else (chunks ??= [first]).push(chunk)
  }
  const finish = () => {
    req.off('close', cut)
    told({ read: (chunks === null ? first : Buffer.concat(chunks))?.toString('utf8') ?? '' })
  }
  const cut = () => settle('cut-off')
  // A sender that is cut off is told by its close.
  req.on('error', ignore)
  req.on('data', take).on('end', finish).on('close', cut)
  if (Number(req.headers['content-length'] ?? 0) > most) settle('too-large')
}

const ignore = () => undefined
