/** Rules of what a request takes as its answer. */
import { expect, test } from 'vitest'
import { formsOf, jsonTypeOf } from './accept.ts'

test.each([
  [undefined, ['response', 'json', 'events']],
  ['*/*', ['response', 'json', 'events']],
  ['application/*', ['response', 'json']],
  ['application/json', ['json']],
  ['application/graphql-response+json; charset=utf-8, application/json; charset=utf-8', ['response', 'json']],
  ['application/json, application/graphql-response+json', ['json', 'response']],
  ['application/json;q=0.5, application/graphql-response+json', ['response', 'json']],
  ['application/json;q=0.5, */*', ['response', 'events', 'json']],
  ['application/json;q=0, */*;q=0.1', ['response', 'events']],
  ['text/event-stream', ['events']],
  ['TEXT/Event-Stream;q=0.9, application/json', ['json', 'events']],
  ['application/json; charset=latin1', []],
  ['application/json; charset=latin1, application/json; charset="UTF-8"', ['json']],
  ['text/html', []],
  ['', []],
])('GH1 who accepts %s takes %s', (accept, forms) => {
  expect(formsOf(accept)).toEqual(forms)
})

test('GH2 a JSON answer has the better type that is taken, and the plain one where none is', () => {
  expect([undefined, 'application/json', 'text/event-stream'].map(jsonTypeOf)).toEqual([
    'application/graphql-response+json; charset=utf-8',
    'application/json; charset=utf-8',
    'application/json; charset=utf-8',
  ])
})
