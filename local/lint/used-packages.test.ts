/** S: the technologies that Urna says it is made of are those that it runs on. */
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { readSources, usedPackages } from './used-packages.ts'

const card = [
  ...['@trpc/server', 'graphql-yoga', 'graphql-redis-subscriptions', 'bullmq', 'ioredis'],
  ...['kafkajs', 'pg', 'slonik', 'vite', 'react'],
]
const sources = readSources(dirname(dirname(import.meta.dirname)))

test('S34 each package that Urna says it is made of is imported by code that runs', () => {
  const used = usedPackages(sources)
  expect(card.filter((name) => !used.has(name))).toEqual([])
})

test('S36 a type, a comment and a neighbour with the same beginning are no use of a package', () => {
  const of = (text: string) => [...usedPackages(new Map([['a.ts', text]])).keys()]
  expect(of(`import type { Pool } from 'pg'`)).toEqual([])
  expect(of(`import { type Pool, type Client } from 'pg'`)).toEqual([])
  expect(of(`// import pg from 'pg'`)).toEqual([])
  expect(of(`import { logger } from 'pg-logger'\nimport x from './pg'`)).toEqual(['pg-logger'])
  expect(of(`import pg, {\n  type Pool,\n} from 'pg'\nimport 'react/jsx-runtime'`)).toEqual(['pg', 'react'])
  expect(of(`import { type Pool, Client } from '@trpc/server/http'`)).toEqual(['@trpc/server'])
})
