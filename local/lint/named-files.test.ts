/** S: the files that a contributor is sent to are there. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const checkout = dirname(dirname(import.meta.dirname))
// Those that whoever follows the page makes.
const made = /0005_|VERSION/

test.each(['CONTRIBUTING.md', 'ARCHITECTURE.md', 'docs/upgrade.md'])(
  'S39 every path that %s names is there',
  (page) => {
    const text = readFileSync(join(checkout, page), 'utf8')
    const paths = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\/?)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => existsSync(join(checkout, path.split('/')[0] ?? '')) && path.includes('/'))
      .filter((path) => !made.test(path))
    expect(paths.length).toBeGreaterThan(5)
    expect(paths.filter((path) => !existsSync(join(checkout, path)))).toEqual([])
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => to)
    expect(links.filter((to) => !existsSync(join(checkout, dirname(page), to)))).toEqual([])
  },
)
