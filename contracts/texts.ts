/** The texts that people write and everyone reads: what one may hold. They come back as they were sent. */
import { z } from 'zod'

// A turn of direction that is not taken back rewrites what stands around the text on every screen. The marks U+200E,
// U+200F and U+061C, which right-to-left texts need, turn nothing.
const turnsDirection = /[\u202a-\u202e\u2066-\u2069]/u
const breaksLine = /[\u2028\u2029]/u
const isControl = /\p{Cc}/u
const isControlInLines = /[^\P{Cc}\n\r\t]/u
const isVisible = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}]/u

/** Whether Postgres, a screen and a log line can all hold it as it is. */
export const isPlain = (text: string): boolean =>
  text.isWellFormed() && !isControl.test(text) && !breaksLine.test(text) && !turnsDirection.test(text)

/** What is the matter with a text, none where nothing is. `inLines`: it may hold line breaks and tabs. */
function whyNot(text: string, inLines: boolean): string | null {
  if (!text.isWellFormed()) return 'must not hold half of a character (an unpaired surrogate)'
  if ((inLines ? isControlInLines : isControl).test(text)) return 'must not hold control characters'
  if (!inLines && breaksLine.test(text)) return 'must be one line'
  if (turnsDirection.test(text))
    return 'must not hold characters that turn the direction of what follows (U+202A-202E, U+2066-2069)'
  return null
}

/** Spaces around it are dropped; nothing else is changed. `most`: UTF-16 code units, as a browser's maxLength. */
export const textShape = (most: number, inLines: 'one-line' | 'lines') =>
  z
    .string()
    .trim()
    .max(most, `at most ${most} characters`)
    .superRefine((text, context) => {
      const message = whyNot(text, inLines === 'lines')
      if (message !== null) context.addIssue({ code: 'custom', message })
    })

/** A text that must say something: what is `missing` where it does not. */
export const neededTextShape = (most: number, missing: string) =>
  textShape(most, 'one-line').refine((text) => isVisible.test(text), missing)

/** Texts that a reader cannot tell apart have the same name. */
export const sameToReaders = (text: string): string =>
  text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase()
