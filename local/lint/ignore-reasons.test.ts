/** S: what is left out of the coverage says why. */
import { Linter } from 'eslint'
import { expect, test } from 'vitest'
import { ignoreReasons } from './ignore-reasons.js'

const faults = (code: string): number =>
  new Linter().verify(code, [
    { plugins: { urna: { rules: { ignoreReasons } } }, rules: { 'urna/ignoreReasons': 'error' } },
  ]).length

test('S33 an exclusion from the coverage without a reason on its line is refused, in every spelling', () => {
  for (const hint of [
    'v8 ignore next',
    'c8 ignore if',
    'istanbul ignore else',
    'v8 ignore start',
    'v8 ignore file',
  ]) {
    expect(faults(`/* ${hint} */\nlet a`)).toBe(1)
    expect(faults(`/* ${hint} -- sorry */\nlet a`)).toBe(1)
    expect(faults(`/* ${hint}\n -- a reason that stands elsewhere */\nlet a`)).toBe(1)
    expect(faults(`// ${hint}\nlet a`)).toBe(1)
    expect(faults(`/* ${hint} -- the kernel ends the process here */\nlet a`)).toBe(0)
  }
  expect(faults('/* node:coverage disable */\nlet a')).toBe(1)
  expect(faults('/* v8 ignore stop */\n// we ignore it\nlet a')).toBe(0)
})
