/** The rules of the form: what may be written, what is wrong, what is sent. */
import { expect, test } from 'vitest'
import type { PollParts } from '../polls/poll-parts.ts'
import { changesOf, isChanged } from './changes-of.ts'
import { changeDraft, draftOf, emptyDraft, slugOf, type FormChange, type FormDraft } from './form-draft.ts'
import { judgeDraft } from './judge-draft.ts'
import { faultsOfRefusal } from './refusal-faults.ts'
import { whatMayChange } from './what-may-change.ts'

const type = (draft: FormDraft, ...changes: FormChange[]) => changes.reduce(changeDraft, draft)
const good = type(
  emptyDraft,
  { set: 'question', to: 'Red or blue?' },
  { set: 'option', row: 0, text: 'Red' },
  { set: 'option', row: 1, text: 'Blue' },
)
const faultsOf = (draft: FormDraft, nowMs: number | null = 0) => {
  const judged = judgeDraft(draft, nowMs)
  return judged.isGood ? {} : judged.faults
}
const poll: PollParts = {
  pollId: '0190a000-0000-7000-8000-000000000001',
  slug: 'red-or-blue',
  question: 'Red or blue?',
  description: '',
  state: 'draft',
  opensAt: null,
  closesAt: null,
  version: 1,
  options: [
    { optionId: 'red', text: 'Red', colour: null, pictureUrl: null },
    { optionId: 'blue', text: 'Blue', colour: '#0000ff', pictureUrl: null },
  ],
  boxes: [],
}
const sent = (state: PollParts['state'], ...changes: FormChange[]) => {
  const was = { ...poll, state }
  const draft = type(draftOf(was), ...changes)
  const judged = judgeDraft(draft, null)
  return judged.isGood ? changesOf(was, draft, judged.input) : judged.faults
}

test('A16 a question and two options make a poll; the server names its address', () => {
  const judged = judgeDraft(good, 0)
  expect(judged).toMatchObject({
    isGood: true,
    input: { question: 'Red or blue?', opensAt: null, closesAt: null },
  })
  expect(judged.isGood && 'slug' in judged.input).toBe(false)
  expect(slugOf(good)).toBe('red-or-blue')
})

test('A17 each fault stands at its own field, in words', () => {
  expect(faultsOf(emptyDraft)).toEqual({
    question: 'A poll needs a question.',
    'options.0': 'An option needs a text.',
    'options.1': 'An option needs a text.',
  })
  expect(faultsOf(type(good, { set: 'slug', to: 'Not Good' }))).toEqual({
    slug: 'Lower case letters and digits, joined by single hyphens.',
  })
  expect(faultsOf(type(good, { set: 'question', to: 'x'.repeat(201) }))).toEqual({
    question: 'At most 200 characters.',
  })
})

test('A18 two options with the same text are told: no voter could tell them apart', () => {
  expect(faultsOf(type(good, { set: 'option', row: 1, text: ' red ' }))).toEqual({
    'options.1': 'The same as option 1.',
  })
})

test('A19 a poll closes after it opens, and not in the past', () => {
  const times = type(
    good,
    { set: 'opensAt', to: '2030-01-01T20:00' },
    { set: 'closesAt', to: '2030-01-01T19:00' },
  )
  expect(faultsOf(times)).toEqual({ closesAt: 'A poll closes after it opens.' })
  const past = type(good, { set: 'closesAt', to: '2020-01-01T19:00' })
  expect(faultsOf(past, Date.parse('2026-01-01'))).toEqual({ closesAt: 'This time is over.' })
  expect(faultsOf(past, null)).toEqual({})
})

test('A20 a question without letters needs an address by hand', () => {
  expect(faultsOf(type(good, { set: 'question', to: '???' }))).toHaveProperty('slug')
  expect(faultsOf(type(good, { set: 'question', to: '???' }, { set: 'slug', to: 'what' }))).toEqual({})
})

test('A21 options move within the list, and never fall below two', () => {
  const three = type(good, { set: 'added' }, { set: 'moved', row: 2, by: -1 })
  expect(three.options.map(({ row }) => row)).toEqual([0, 2, 1])
  expect(type(three, { set: 'moved', row: 0, by: -1 })).toEqual(three)
  const two = type(three, { set: 'removed', row: 0 })
  expect(type(two, { set: 'removed', row: 1 }).options).toHaveLength(2)
})

test('A22 an update names only what changed', () => {
  expect(sent('draft', { set: 'question', to: 'Blue or red?' })).toEqual({
    pollId: poll.pollId,
    question: 'Blue or red?',
  })
})

test('A23 options that were saved keep their ids when one is moved', () => {
  expect(sent('draft', { set: 'moved', row: 1, by: -1 })).toEqual({
    pollId: poll.pollId,
    options: [
      { text: 'Blue', colour: '#0000ff', optionId: 'blue' },
      { text: 'Red', optionId: 'red' },
    ],
  })
})

test('A24 what is frozen is never sent, whatever the form holds', () => {
  expect(
    sent(
      'open',
      { set: 'slug', to: 'other' },
      { set: 'removed', row: 0 },
      { set: 'option', row: 0, text: 'Pink' },
    ),
  ).toEqual({ pollId: poll.pollId })
  expect(sent('closed', { set: 'closesAt', to: '2030-01-01T19:00' })).toEqual({ pollId: poll.pollId })
})

test('A25 after opening the form says why the rest is frozen', () => {
  expect(whatMayChange('draft').why).toBeNull()
  expect(whatMayChange('open')).toMatchObject({ texts: true, frame: false, closesAt: true })
  expect(whatMayChange('open').why).toContain('frozen')
  expect(whatMayChange('closed')).toMatchObject({ texts: true, frame: false, closesAt: false })
})

test('A26 a form that was changed back has nothing to lose', () => {
  const before = draftOf(poll)
  const changed = type(before, { set: 'option', row: 0, text: 'Pink' })
  expect(isChanged(before, changed)).toBe(true)
  expect(isChanged(before, type(changed, { set: 'option', row: 0, text: 'Red' }))).toBe(false)
})

test('A27 what the server refuses is told at its field, the rest below the form', () => {
  const refusal = (reason: 'slug-taken' | 'bad-input', faults: string[], message = 'no') => ({
    message,
    data: { reason, faults },
  })
  expect(faultsOfRefusal(refusal('slug-taken', []))).toMatchObject({
    faults: { slug: expect.any(String) },
    says: null,
  })
  expect(faultsOfRefusal(refusal('bad-input', ['options.1.text: too long', 'question: too short']))).toEqual({
    faults: { 'options.1': 'too long', question: 'too short' },
    says: null,
  })
  expect(faultsOfRefusal(refusal('bad-input', ['the whole thing'])).says).toBe('the whole thing')
  expect(faultsOfRefusal({ message: 'fetch failed', data: null }).says).toContain('did not answer')
})
