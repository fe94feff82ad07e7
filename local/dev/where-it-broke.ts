/** Finds in what a process wrote as it died which line of ours broke it. */
import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

// Node begins with the place, or with the stack's first line; a fault that we logged has its stack inside a JSON text.
const place = /(?:file:\/\/)?(\/[^\s:"'()]+\.\w+):(\d+)/g
const cause = /\b\w*(?:Error|Exception)(?: \[\w+\])?: (?:[^\n"\\]|\\")+/

/** Such as `gateway/app.ts:12: SyntaxError: …`; null where it names nothing. */
export function whereItBroke(said: string, checkout: string): string | null {
  const why = cause.exec(said)?.[0].replaceAll('\\"', '"').replaceAll(`${checkout}/`, '').trim()
  const at = placesIn(said, checkout)[0]
  if (why === undefined) return at ?? null
  return at === undefined ? why : `${at}: ${why}`
}

function placesIn(said: string, checkout: string): string[] {
  return [...said.matchAll(place)].flatMap(([text, path = '', line = '']) => {
    const file = relative(checkout, text.startsWith('file:') ? fileURLToPath(`file://${path}`) : path)
    const isOurs = !file.startsWith('..') && !isAbsolute(file) && !file.startsWith('node_modules/')
    return isOurs ? [`${file}:${line}`] : []
  })
}
