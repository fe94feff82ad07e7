/** The rules of the form: what may be written, what is wrong, what is sent. */
import { expect, test } from 'vitest'
import type { PollParts } from '../polls/poll-parts.ts'
import { changesOf, isChanged } from './changes-of.ts'
import { changeDraft, draftOf, emptyDraft, slugOf, type FormChange, type FormDraft } from './form-draft.ts'
import { judgeDraft } from './judge-draft.ts'
import { draftOfLimit, limitOf, plainLimit, type LimitDraft } from './limit-draft.ts'
import { faultsOfRefusal } from './refusal-faults.ts'
import { balance, weightFrom } from './weights.ts'
import { whatMayChange } from './what-may-change.ts'

const type = (draft: FormDraft, ...changes: FormChange[]) => changes.reduce(changeDraft, draft)
const empty = emptyDraft('UTC')
const good = type(
  empty,
  { set: 'question', to: 'Red or blue?' },
  { set: 'option', row: 0, text: 'Red' },
  { set: 'option', row: 1, text: 'Blue' },
)
const judge = (draft: FormDraft, nowMs = 0, begun = empty) =>
  judgeDraft(draft, { nowMs, begun, may: whatMayChange('draft') })
const faultsOf = (draft: FormDraft, nowMs = 0, begun = empty) => {
  const judged = judge(draft, nowMs, begun)
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
  graceMs: 2_000,
  timeZone: 'UTC',
  visibility: 'live',
  revealedAt: null,
  isRehearsal: false,
  archivedAt: null,
  round: 1,
  previousPollId: null,
  version: 1,
  options: [
    { optionId: 'red', text: 'Red', colour: null, pictureUrl: null },
    { optionId: 'blue', text: 'Blue', colour: '#0000ff', pictureUrl: null },
  ],
  boxes: [{ boxId: 'audience', voters: 'device', limit: { votes: 1, perSeconds: null }, weight: 10_000 }],
}
const sent = (state: PollParts['state'], ...changes: FormChange[]) => {
  const was = { ...poll, state }
  const begun = draftOf(was)
  const draft = type(begun, ...changes)
  const judged = judgeDraft(draft, { nowMs: 0, begun, may: whatMayChange(state) })
  return judged.isGood ? changesOf(was, draft, judged.input) : judged.faults
}
const twoBoxes = type(good, { set: 'box added' })

test('A16 a question and two options make a poll; the server names its address', () => {
  const judged = judge(good)
  expect(judged).toMatchObject({
    isGood: true,
    input: { question: 'Red or blue?', opensAt: null, closesAt: null, visibility: 'live', timeZone: 'UTC' },
  })
  expect(judged.isGood && 'slug' in judged.input).toBe(false)
  expect(judged.isGood && judged.input.boxes).toEqual(poll.boxes)
  expect(slugOf(good)).toBe('red-or-blue')
})

test('A17 each fault stands at its own field, in words', () => {
  expect(faultsOf(empty)).toEqual({
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
  const picture = (to: string) => faultsOf(type(good, { set: 'picture', row: 1, to }))
  expect(picture('red.png')).toEqual({ 'options.1.pictureUrl': expect.stringContaining('https://') })
  expect(picture('http://x.example/red.png')).toHaveProperty(['options.1.pictureUrl'])
  expect(picture(' https://x.example/red.png ')).toEqual({})
  expect(picture('')).toEqual({})
})

test('A18 two options with the same text are told: no voter could tell them apart', () => {
  expect(faultsOf(type(good, { set: 'option', row: 1, text: ' red ' }))).toEqual({
    'options.1': 'The same as option 1.',
  })
})

test('A19 a poll closes after it opens, and what is new lies not in the past', () => {
  const times = type(
    good,
    { set: 'opensAt', to: '2030-01-01T20:00' },
    { set: 'closesAt', to: '2030-01-01T19:00' },
  )
  expect(faultsOf(times)).toEqual({ closesAt: 'A poll closes after it opens.' })
  const past = type(good, { set: 'closesAt', to: '2020-01-01T19:00' })
  const now = Date.parse('2026-01-01')
  expect(faultsOf(past, now)).toEqual({ closesAt: 'This time is over.' })
  expect(faultsOf(past, now, past)).toEqual({})
  expect(faultsOf(type(past, { set: 'timeZone', to: 'Europe/Berlin' }), now, past)).toHaveProperty('closesAt')
  expect(faultsOf(type(good, { set: 'opensAt', to: '2025-12-31T23:58' }), now)).toHaveProperty('opensAt')
  expect(faultsOf(type(good, { set: 'opensAt', to: '2026-01-01T00:00' }), now + 30_000)).toEqual({})
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

test('A24 what is frozen is never sent and never judged, whatever the form holds', () => {
  expect(
    sent(
      'open',
      ...([
        { set: 'slug', to: 'No Slug' },
        { set: 'removed', row: 0 },
      ] satisfies FormChange[]),
      ...([{ set: 'option', row: 0, text: '' }, { set: 'box added' }] satisfies FormChange[]),
      { set: 'box', row: 0, to: { weight: 'a lot' } },
      { set: 'visibility', to: 'embargo' },
    ),
  ).toEqual({ pollId: poll.pollId, visibility: 'embargo' })
  expect(sent('closed', { set: 'closesAt', to: '2030-01-01T19:00' })).toEqual({ pollId: poll.pollId })
  expect(sent('certified', { set: 'question', to: '' })).toEqual({ pollId: poll.pollId })
})

test('A25 after opening the form says why the rest is frozen', () => {
  expect(whatMayChange('draft').why).toBeNull()
  expect(whatMayChange('open')).toMatchObject({ texts: true, frame: false, closesAt: true, visibility: true })
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
  expect(
    faultsOfRefusal(refusal('bad-input', ['boxes.1.limit.votes: too many', 'boxes: 90 %', 'timeZone: none'])),
  ).toEqual({ faults: { 'boxes.1.limit': 'too many', boxes: '90 %', timeZone: 'none' }, says: null })
  expect(faultsOfRefusal(refusal('bad-input', [], 'closesAt: in the past')).faults).toEqual({
    closesAt: 'in the past',
  })
  expect(faultsOfRefusal(refusal('bad-input', ['the whole thing'])).says).toBe('the whole thing')
  expect(faultsOfRefusal({ message: 'fetch failed', data: null }).says).toContain('did not answer')
})

test('A42 a limit is a preset, and comes back from the rules as the same preset', () => {
  const limits = [
    { votes: 1, perSeconds: null },
    { votes: 10, perSeconds: null },
    { votes: 1, perSeconds: 60 },
    { votes: 7, perSeconds: 90 },
    { votes: 10, perSeconds: 86_400 },
    null,
  ]
  for (const limit of limits) expect(limitOf(draftOfLimit(limit))).toEqual({ limit })
  expect(limits.map((limit) => draftOfLimit(limit).kind)).toEqual(
    'once whole window window window unlimited'.split(' '),
  )
  expect(draftOfLimit({ votes: 7, perSeconds: 90 })).toMatchObject({
    votes: '7',
    every: '90',
    unit: 'seconds',
  })
  expect(draftOfLimit({ votes: 7, perSeconds: 7_200 })).toMatchObject({ every: '2', unit: 'hours' })
})

test('A43 a limit of 0, of 101, of half a vote or of more than a week is told at its field', () => {
  const fault = (limit: Partial<LimitDraft>) =>
    faultsOf(type(good, { set: 'box', row: 0, to: { limit: { ...plainLimit, kind: 'window', ...limit } } }))
  for (const votes of ['0', '101', '1.5', '', 'many', '-3'])
    expect(fault({ votes }), votes).toEqual({ 'boxes.0.limit': expect.stringMatching(/votes/i) })
  for (const every of ['0', '', 'x']) expect(fault({ every }), every).toHaveProperty(['boxes.0.limit'])
  expect(fault({ every: '8', unit: 'days' })['boxes.0.limit']).toContain('7 days')
  expect(fault({ every: '7', unit: 'days' })).toEqual({})
  // What stands in the numbers of another preset is nobody's fault.
  expect(fault({ votes: '0', kind: 'once' })).toEqual({})
})

test('A44 weights are typed in percent, and one press brings them to 100 %', () => {
  expect(['70', '12.5', '33,33', '100 %', '0', '74.27'].map(weightFrom)).toEqual([
    7000, 1250, 3333, 10_000, 0, 7427,
  ])
  expect(['', '101', '-1', '1.234', 'half', '1e2'].map(weightFrom)).toEqual(Array(6).fill(null))
  expect(balance([7000, 7000])).toEqual([5000, 5000])
  expect(balance([1, 1, 1])).toEqual([3334, 3333, 3333])
  expect(balance([0, 0])).toEqual([5000, 5000])
  expect(balance([0, 300])).toEqual([0, 10_000])
})

test('A45 the rest of the weights is told, and a poll is not sent before it is nothing', () => {
  const weigh = (one: string, two: string) =>
    type(twoBoxes, { set: 'box', row: 0, to: { weight: one } }, { set: 'box', row: 1, to: { weight: two } })
  expect(faultsOf(weigh('70', '20')).boxes).toContain('10 % are still to give')
  expect(faultsOf(weigh('70', '40.5')).boxes).toContain('10.5 % too much')
  expect(faultsOf(weigh('70', 'x'))).toEqual({ 'boxes.1.weight': expect.any(String) })
  expect(faultsOf(weigh('70', '30'))).toEqual({})
  const balanced = type(weigh('70', '20'), { set: 'balanced', to: 'proportion' })
  expect(balanced.boxes.map(({ weight }) => weight)).toEqual(['77.78', '22.22'])
  expect(faultsOf(balanced)).toEqual({})
})

test('A46 a second box takes the voters that are missing and what is left; a single one is the whole result', () => {
  expect(twoBoxes.boxes).toMatchObject([
    { boxId: 'audience', voters: 'device', weight: '100' },
    { boxId: 'verified', voters: 'verified', weight: '0' },
  ])
  const alone = type(
    twoBoxes,
    { set: 'box', row: 0, to: { weight: '70' } },
    { set: 'box', row: 1, to: { weight: '30' } },
    { set: 'box removed', row: 0 },
    { set: 'box removed', row: 1 },
  )
  expect(alone.boxes).toMatchObject([{ boxId: 'verified', weight: '100' }])
  const moved = type(twoBoxes, { set: 'box moved', row: 1, by: -1 })
  expect(moved.boxes.map(({ boxId }) => boxId)).toEqual(['verified', 'audience'])
  const many = Array.from({ length: 12 }, (): FormChange => ({ set: 'box added' }))
  const names = type(good, ...many).boxes.map(({ boxId }) => boxId)
  expect(names).toHaveLength(10)
  expect(new Set(names).size).toBe(10)
})

test('A47 two boxes of one name, and a name that is none, are told at the box', () => {
  const name = (boxId: string) => faultsOf(type(twoBoxes, { set: 'box', row: 1, to: { boxId } }))
  expect(name('audience')).toEqual({ 'boxes.1.boxId': 'Box 1 has this name already.' })
  expect(name('')).toEqual({ 'boxes.1.boxId': 'A ballot box needs a name.' })
  expect(name('fans!')).toHaveProperty(['boxes.1.boxId'])
})

test('A48 a change of boxes, zone or visibility is sent, and times go with their zone', () => {
  expect(sent('draft', { set: 'box', row: 0, to: { limit: { ...plainLimit, kind: 'unlimited' } } })).toEqual({
    pollId: poll.pollId,
    boxes: [{ boxId: 'audience', voters: 'device', limit: null, weight: 10_000 }],
  })
  const scheduled = { ...poll, state: 'scheduled' as const, opensAt: '2030-01-01T20:00:00.000Z' }
  const begun = draftOf(scheduled)
  const draft = type(begun, { set: 'timeZone', to: 'America/Sao_Paulo' })
  const judged = judgeDraft(draft, { nowMs: 0, begun, may: whatMayChange('scheduled') })
  expect(judged.isGood && changesOf(scheduled, draft, judged.input)).toEqual({
    pollId: poll.pollId,
    timeZone: 'America/Sao_Paulo',
    opensAt: '2030-01-01T23:00:00.000Z',
  })
})

test('A49 a pasted list fills one option for each line, over empty rows, up to 100', () => {
  const pasted = type(empty, { set: 'pasted', row: 0, lines: ['A', 'B', 'C'] })
  expect(pasted.options.map(({ text }) => text)).toEqual(['A', 'B', 'C'])
  expect(new Set(pasted.options.map(({ row }) => row)).size).toBe(3)
  const long = Array.from({ length: 150 }, (_, i) => `Option ${i}`)
  expect(type(empty, { set: 'pasted', row: 1, lines: long }).options).toHaveLength(100)
})
