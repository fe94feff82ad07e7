/** S: the table of ports in ARCHITECTURE.md names every adapter of the tree, and no other. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const checkout = dirname(dirname(import.meta.dirname))
const adapters = globSync('{gateway,queue-workers,runtime,sql}/**/*.{slonik,bullmq,redis,kafka,pg}.ts', {
  cwd: checkout,
}).filter((path) => !path.endsWith('.test.ts'))

const text = readFileSync(join(checkout, 'ARCHITECTURE.md'), 'utf8')
const [, section = ''] = /## Ports and adapters\n([\s\S]*?)\n## /.exec(text) ?? []
const rows = section
  .split('\n')
  .filter((line) => line.startsWith('| **'))
  .map((line) => {
    const [, port = '', named = '', opened = ''] = line.split('|')
    let folder = ''
    const files = quoted(named).flatMap((name) => {
      if (name.endsWith('/')) folder = name
      return name.endsWith('/') ? [] : [folder + name]
    })
    return { port: port.trim(), files, openedIn: quoted(opened) }
  })

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
}

test('S37 every adapter stands in the table of ports once, and none that is not there', () => {
  const named = rows.flatMap(({ files }) => files).sort()
  expect(named).toEqual([...adapters].sort())
})

test('S38 what the table says opens a port imports one of its adapters', () => {
  const wrong = rows.flatMap(({ port, files, openedIn }) =>
    openedIn.flatMap((path) => {
      const code = readFileSync(join(checkout, path), 'utf8')
      return files.some((file) => code.includes(`/${file.split('/').at(-1) ?? ''}'`))
        ? []
        : [`${port}: ${path}`]
    }),
  )
  expect(wrong).toEqual([])
  expect(rows.every(({ openedIn }) => openedIn.length > 0)).toBe(true)
})
