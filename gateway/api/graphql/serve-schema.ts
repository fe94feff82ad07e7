/** Answers `GET /schema.graphql`: the schema in its own language, for code generators and caches. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { refuseRequest } from '../http/answers.ts'
import { makeFile, sendFile } from '../http/files.ts'
import { schemaText } from './schema-text.ts'

// There is no registered media type for it; a browser shows text.
const file = makeFile('text/plain; charset=utf-8', Buffer.from(schemaText))

/** Every cache may keep it and asks whether it is still the same: the next release's may not be. */
export async function serveSchema(req: IncomingMessage, res: ServerResponse): Promise<void> {
  res.setHeader('access-control-allow-origin', '*')
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('allow', 'GET, HEAD')
    return refuseRequest(res, 'other', 'method-not-allowed')
  }
  sendFile(res, await file, false)
}
