/** Settings that lie in files, as containers are handed secrets: NAME_FILE names a file that holds NAME. */
import { readFileSync } from 'node:fs'

type Environment = Readonly<Record<string, string | undefined>>

/** What is set, of these names also from their files. An empty variable counts as not set. */
export function withFiles(
  environment: Environment,
  names: readonly string[],
): { readonly given: Record<string, string | undefined>; readonly problems: readonly string[] } {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const problems: string[] = []
  for (const name of names) {
    const file = given[`${name}_FILE`]
    if (file === undefined) continue
    // Which of them was meant is nobody's guess: one may be yesterday's.
    if (given[name] !== undefined) problems.push(`${name}: is set, and so is ${name}_FILE`)
    else {
      try {
        // An editor ends a file with a line's end, which is no part of a secret.
        given[name] = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
      } catch (fault) {
        problems.push(`${name}_FILE: ${fault instanceof Error ? fault.message : String(fault)}`)
      }
    }
  }
  return { given, problems }
}
