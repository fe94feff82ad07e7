/** FT: the README's figures are those of the benchmark's own file. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readResults, withTable } from './readme-table.ts'

const checkout = dirname(import.meta.dirname)

test('FT1 the figures of the README are those of the last benchmark', async () => {
  const readme = readFileSync(join(checkout, 'README.md'), 'utf8')
  expect(await withTable(readme, readResults())).toBe(readme)
})

test('FT2 a figure that the benchmark did not measure is missed, not made up', async () => {
  const { machine, figures } = readResults()
  const without = { machine, figures: figures.filter(({ name }) => name !== 'burst.lost') }
  const readme = '<!-- figures: npm run generate -->\n<!-- end of figures -->\n'
  await expect(withTable(readme, without)).rejects.toThrow('has no burst.lost: npm run bench')
  await expect(withTable('# Urna\n', { machine, figures })).rejects.toThrow('no place for figures')
})
