/** Rules of texts: what people write comes back as it was, and what would harm a reader is refused. */
import { expect, it } from 'vitest'
import { neededTextShape, sameToReaders, textShape } from './texts.ts'

const shape = neededTextShape(20, 'say something')
const faults = (text: string) => shape.safeParse(text).error?.issues.map(({ message }) => message) ?? []

it('TX1 right-to-left texts, emoji and accents come back byte for byte', () => {
  const texts = ['من الفائز؟', 'מי ניצח?\u200f', '👩‍👩‍👧‍👦🏳️‍🌈🇧🇷', 'Jose\u0301', 'José', '\u061cنعم', 'ok\u200e']
  for (const text of texts) expect(shape.parse(text)).toBe(text)
})

it('TX2 control characters, turned directions, line ends and half characters are refused', () => {
  for (const code of [0x00, 0x07, 0x0a, 0x0d, 0x1b, 0x7f, 0x85])
    expect(faults(`a${String.fromCharCode(code)}b`)).toEqual(['must not hold control characters'])
  for (const code of [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069])
    expect(faults(`a${String.fromCharCode(code)}b`)[0]).toContain('turn the direction')
  for (const code of [0x2028, 0x2029])
    expect(faults(`a${String.fromCharCode(code)}b`)).toEqual(['must be one line'])
  for (const half of ['\ud800', 'a\udc00b']) expect(faults(half)[0]).toContain('half of a character')
})

it('TX3 what nobody can see says nothing', () => {
  for (const text of ['', '   ', '\u200b', '\u3164', '\u00ad\u200d'])
    expect(faults(text)).toEqual(['say something'])
})

it('TX4 lengths are counted as a browser counts them, spaces around not included', () => {
  expect(shape.parse(`  ${'x'.repeat(20)}  `)).toBe('x'.repeat(20))
  expect(faults('x'.repeat(21))).toEqual(['at most 20 characters'])
  expect(faults('🗳️'.repeat(11))).toEqual(['at most 20 characters'])
})

it('TX5 a description has lines', () => {
  expect(textShape(40, 'lines').parse('one\r\n\ttwo\nthree')).toBe('one\r\n\ttwo\nthree')
  expect(textShape(40, 'lines').safeParse('a\u0000b').success).toBe(false)
})

it('TX6 texts that look the same are the same', () => {
  expect(sameToReaders('Jose\u0301  da Silva ')).toBe(sameToReaders('JOSÉ da\u00a0Silva'))
  expect(sameToReaders('A')).not.toBe(sameToReaders('B'))
})
