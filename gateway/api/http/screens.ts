/** Serves the two built screens: which address belongs to which. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { receiptPath } from '../../../contracts/receipt-text.ts'
import { refuseRequest } from './answers.ts'
import { sendFile, type Files } from './files.ts'

/** Answers what no other area took, an unknown address too. */
export type ServeScreens = (req: IncomingMessage, res: ServerResponse, path: string) => void

const index = 'index.html'

export function makeScreens(screens: { readonly vote: Files; readonly admin: Files }): ServeScreens {
  /** The page itself finds out from the address what to show. */
  function sendPage(res: ServerResponse, files: Files, status = 200): void {
    const page = files.get(index)
    if (page !== undefined) return sendFile(res, page, false, status)
    res.writeHead(status === 200 ? 503 : status, { 'content-type': 'text/plain; charset=utf-8' })
    res.end(
      status === 200
        ? 'This gateway was started without built screens: run `npm start`, or set UI_DIR.\n'
        : 'There is nothing at this address.\n',
    )
  }

  return (req, res, path) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      const known = path === '/' || path === receiptPath || path.startsWith('/p/') || isAdminPath(path)
      if (known) res.setHeader('allow', 'GET, HEAD')
      return refuseRequest(res, 'other', known ? 'method-not-allowed' : 'unknown-path')
    }
    const admin = isAdminPath(path)
    const files = admin ? screens.admin : screens.vote
    const name = path.slice(admin ? '/admin/'.length : 1)
    const file = name === index ? undefined : files.get(name)
    if (file !== undefined) return sendFile(res, file, name.startsWith('assets/'))
    if (path === '/' || path === receiptPath || /^\/p\/[^/]+\/?$/.test(path)) return sendPage(res, files)
    // Inside the admin every address without a file's ending is one of its screens.
    if (admin && !/\.\w+$/.test(path)) return sendPage(res, files)
    // A person gets the screen that says so and leads on, a program gets JSON.
    if (req.headers.accept?.includes('text/html') === true) return sendPage(res, screens.vote, 404)
    refuseRequest(res, 'other', 'unknown-path')
  }
}

function isAdminPath(path: string): boolean {
  return path === '/admin' || path.startsWith('/admin/')
}
