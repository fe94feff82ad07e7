/** Rules of settings in files: one place for each setting, and a file that cannot be read is told by its name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readSettings } from './env.ts'

const folder = mkdtempSync(join(tmpdir(), 'urna-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const shape = z.object({ TOKEN: z.string().min(8), PORT: z.coerce.number().default(1) })
const fileOf = (text: string) => {
  const file = join(folder, 'token')
  writeFileSync(file, text)
  return file
}

test('SF1 NAME_FILE gives NAME what the file holds, without the end of its line', () => {
  expect(readSettings(shape, { TOKEN_FILE: fileOf('a long token\n') }).TOKEN).toBe('a long token')
  expect(readSettings(shape, { TOKEN: '', TOKEN_FILE: fileOf('another token') }).TOKEN).toBe('another token')
  expect(readSettings(shape, { TOKEN: 'given plainly', TOKEN_FILE: '' }).TOKEN).toBe('given plainly')
  // A file of somebody else's variable is not looked at.
  expect(readSettings(shape, { TOKEN: 'given plainly', SSL_CERT_FILE: join(folder, 'none') })).toEqual({
    TOKEN: 'given plainly',
    PORT: 1,
  })
})

test('SF2 a setting with two values, or with a file that cannot be read, is named with all else that is wrong', () => {
  const both = { TOKEN: 'given plainly', TOKEN_FILE: fileOf('a long token'), PORT: 'none' }
  expect(() => readSettings(shape, both)).toThrow('TOKEN: is set, and so is TOKEN_FILE')
  expect(() => readSettings(shape, both)).toThrow('PORT: ')
  expect(() => readSettings(shape, { TOKEN_FILE: join(folder, 'none') })).toThrow('TOKEN_FILE: ENOENT')
  expect(() => readSettings(shape, { TOKEN_FILE: fileOf('short') })).toThrow('TOKEN: ')
})
