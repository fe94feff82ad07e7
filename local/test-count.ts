/** Counts what a test run brought, from the JSON that vitest wrote. */
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

export interface TestCount {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** What the numbers alone do not say. */
  readonly remarks: readonly string[]
}

const resultsShape = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
})

// Where these cannot be had a person's run skips their tests; a run that is to prove something must have them.
const mayNotBeSkippedInCi = /redis|postgres|kafka|chromium|browser/i

/** A file that fails to load, an error outside of any test, and no tests at all are failures as well. */
export function countTests(file: string, isGreen: boolean, isCi: boolean): TestCount {
  if (!existsSync(file))
    return { passed: 0, failed: 1, skipped: 0, remarks: ['The test runner wrote no results.'] }
  const { testResults } = resultsShape.parse(JSON.parse(readFileSync(file, 'utf8')))
  const tests = testResults.flatMap((result) => result.assertionResults)
  const remarks: string[] = []
  const passed = tests.filter(({ status }) => status === 'passed').length
  const skippedTests = tests.filter(({ status }) => status !== 'passed' && status !== 'failed')
  let failed = tests.filter(({ status }) => status === 'failed').length

  const fail = (remark: string) => {
    failed++
    remarks.push(remark)
  }
  for (const { name, status, assertionResults } of testResults) {
    const isTold = assertionResults.some((test) => test.status === 'failed')
    if (status === 'failed' && !isTold) fail(`Failed outside of its tests: ${name}`)
  }
  const missing = isCi ? skippedTests.filter(({ fullName }) => mayNotBeSkippedInCi.test(fullName)) : []
  for (const { fullName } of missing) fail(`Skipped, and must not be under CI: ${fullName}`)
  if (tests.length === 0 && failed === 0) fail('No test was found.')
  if (!isGreen && failed === 0) fail('An error outside of all tests was reported above.')
  return { passed, failed, skipped: skippedTests.length - missing.length, remarks }
}

export function inOneLine({ passed, failed, skipped }: TestCount): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
