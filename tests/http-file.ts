/** Reads and sends the requests of a `.http` file: the part of its language that all the clients of our files share. */
import { readFileSync } from 'node:fs'

export interface FileRequest {
  readonly name: string
  readonly method: string
  /** With the file's variables put in. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** What the file says that it is answered with. */
  readonly status: number
  /** The code of a refusal; null where there is none. */
  readonly reason: string | null
  /** The same where the admin token stands in the file; null where that makes no difference. */
  readonly asModerator: number | null
}

/** Such as `# 200`, `# 409 vote-id-reused` or `# 401 admin-token-needed, with the admin token 200`. */
const statusLine = /^# (\d{3})(?: ([a-z-]+))?(?:, with the admin token (\d{3}))?$/m

/** `given`: values in place of the file's own. */
export function readHttpFile(file: URL, given: Readonly<Record<string, string>>): FileRequest[] {
  const [head = '', ...parts] = readFileSync(file, 'utf8').split(/^###.*\n/m)
  const own = [...head.matchAll(/^@(\w+) = (.+)$/gm)].map(([, name = '', value = '']) => [name, value])
  const values: Readonly<Record<string, string>> = { ...Object.fromEntries(own), ...given }
  return parts.map((part) => readRequest(part, values, file.pathname))
}

function readRequest(part: string, values: Readonly<Record<string, string>>, where: string): FileRequest {
  const filled = part.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`${where}: {{${name}}} has no value`)
    return value
  })
  const [top = '', ...rest] = filled.split('\n\n')
  const lines = top.split('\n').filter((line) => line !== '')
  const comments = lines.filter((line) => line.startsWith('#')).join('\n')
  const [request = '', ...headerLines] = lines.filter((line) => !line.startsWith('#'))
  const [, method, url] = /^(GET|POST) (\S+)$/.exec(request) ?? []
  const [, name] = /^# @name (\w+)$/m.exec(comments) ?? []
  const [, status, reason, asModerator] = statusLine.exec(comments) ?? []
  if (method === undefined || url === undefined || name === undefined || status === undefined)
    throw new Error(`${where}: a request needs a name, a status and a line such as "GET {{url}}/":\n${part}`)
  const headers = headerLines.map((line) => /^([\w-]+): (.+)$/.exec(line)?.slice(1) ?? [line, ''])
  const body = rest.join('\n\n').trim()
  return {
    ...{ name, method, url, headers: Object.fromEntries(headers) as Record<string, string> },
    ...{ body: body === '' ? null : body, status: Number(status), reason: reason ?? null },
    asModerator: asModerator === undefined ? null : Number(asModerator),
  }
}

/** Sends requests as one of those clients does: with the cookies that came with the answers before. */
export function makeHttpClient() {
  const cookies = new Map<string, string>()
  return async ({ method, url, headers, body }: FileRequest): Promise<{ status: number; text: string }> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      ...{ method, headers: { ...headers, ...(cookie !== '' && { cookie }) } },
      ...(body !== null && { body }),
    })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      cookies.set(name, value)
    }
    return { status: response.status, text: await response.text() }
  }
}
