/** S: the lint rule that keeps the walls of the house fires where it should, and only there. */
import { join } from 'node:path'
import { Linter } from 'eslint'
import tseslint from 'typescript-eslint'
import { expect, test } from 'vitest'
import { importWalls } from './import-rules.js'

const checkout = join(import.meta.dirname, '..', '..')

function faults(path: string, code: string): string[] {
  const linter = new Linter({ cwd: checkout })
  const messages = linter.verify(
    code,
    [
      {
        files: ['**/*.ts', '**/*.tsx'],
        languageOptions: { parser: tseslint.parser },
        plugins: { urna: { rules: { 'import-walls': importWalls } } },
        rules: { 'urna/import-walls': 'error' },
      },
    ],
    join(checkout, path),
  )
  return messages.map(({ message }) => message)
}

test('S30 a package with an owner is imported only by files that carry its name', () => {
  for (const [name, suffix] of [
    ['slonik', 'slonik'],
    ['pg', 'pg'],
    ['bullmq', 'bullmq'],
    ['kafkajs', 'kafka'],
    ['ioredis', 'redis'],
    ['graphql-redis-subscriptions', 'redis'],
  ]) {
    const code = `import { thing } from '${name}'`
    expect(faults('gateway/memory/admit.ts', code)).toEqual([
      expect.stringContaining(`Only *.${suffix}.ts imports '${name}'`),
    ])
    expect(faults(`gateway/memory/admit.${suffix}.ts`, code)).toEqual([])
    expect(faults('tests/house.ts', code)).toEqual([])
    expect(faults('gateway/memory/admit.ts', `import type { Thing } from '${name}'`)).toEqual([])
  }
  expect(faults('gateway/a.ts', `const x = await import('slonik')`)).toHaveLength(1)
})

test('S31 no folder reaches through a wall', () => {
  const value = (path: string) => `import { thing } from '${path}'`
  expect(faults('gateway/app.ts', value('../queue-workers/app.ts'))).toHaveLength(1)
  expect(faults('queue-workers/app.ts', value('../gateway/app.ts'))).toHaveLength(1)
  expect(faults('runtime/log.ts', value('../contracts/vote.ts'))).toHaveLength(1)
  expect(faults('vote-ui/src/main.tsx', value('../../gateway/api/trpc/router.ts'))).toHaveLength(1)
  expect(faults('vote-ui/src/main.tsx', value('../../runtime/log.ts'))).toHaveLength(1)
  expect(faults('vote-ui/src/main.tsx', value('../../admin-ui/src/main.tsx'))).toHaveLength(1)
  expect(faults('gateway/app.ts', value('../local/ports.ts'))).toHaveLength(1)
})

test('S32 the doors between the folders stand open', () => {
  expect(
    faults(
      'gateway/app.ts',
      `import { a } from '../contracts/vote.ts'; import { b } from '../runtime/log.ts'`,
    ),
  ).toEqual([])
  const router = '../../gateway/api/trpc/router.ts'
  expect(faults('vote-ui/src/main.tsx', `import type { AppRouter } from '${router}'`)).toEqual([])
  expect(faults('vote-ui/src/main.tsx', `import { type AppRouter } from '${router}'`)).toEqual([])
  expect(
    faults(
      'tests/house.ts',
      `import { a } from '../gateway/app.ts'; import { b } from '../queue-workers/app.ts'`,
    ),
  ).toEqual([])
})

test('S33 ballot, polls and tally know no technology: an adapter is told by its suffix, and passed in', () => {
  for (const folder of ['gateway/ballot', 'gateway/polls', 'queue-workers/tally']) {
    const core = `${folder}/deed.ts`
    for (const name of [
      'bullmq',
      'ioredis',
      'slonik',
      'pg',
      'kafkajs',
      '@trpc/server',
      'graphql-yoga/plugin',
    ]) {
      const code = `import type { Thing } from '${name}'`
      expect(faults(core, code)).toEqual([expect.stringContaining(`The core knows no '${name}'`)])
      expect(faults(`${folder}/deed.redis.ts`, code)).toEqual([])
      expect(faults(`${folder}/deed.test.ts`, code)).toEqual([])
    }
    for (const suffix of ['redis', 'slonik', 'bullmq', 'kafka', 'pg']) {
      const adapter = `./do-it.${suffix}.ts`
      expect(faults(core, `import { doIt } from '${adapter}'`)).toEqual([
        expect.stringContaining(`takes what '${adapter}' does as a parameter`),
      ])
      expect(faults(core, `import type { DoIt } from '${adapter}'`)).toEqual([])
      expect(faults(`${folder}/open-deed.ts`, `import { doIt } from '${adapter}'`)).toEqual([])
    }
    expect(faults(core, `import { z } from 'zod'; import { nameOf } from './name-of.ts'`)).toEqual([])
  }
  expect(faults('gateway/memory/deed.ts', `import { doIt } from './do-it.redis.ts'`)).toEqual([])
})
