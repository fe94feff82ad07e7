/** Reads the README's blocks of shell, and runs them as a person does who pastes one after the other into one shell. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** A section's text, up to the next heading of its rank. */
export function readmeSection(heading: string): string {
  const [, section = ''] = readme.split(`\n## ${heading}\n`)
  return section.split('\n## ')[0] ?? ''
}

export const shellBlocks = (section: string): string[] =>
  [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)

export interface Shell extends AsyncDisposable {
  /** What a block prints, once it has ended. */
  readonly run: (block: string) => Promise<string>
}

export function openShell(cwd: string, command = 'bash'): Shell {
  const child = spawn(command, ['-s'], { cwd, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  let printed = ''
  let onPrinted: () => void = () => undefined
  child.stdout.on('data', (bytes: Buffer) => {
    printed += bytes.toString()
    onPrinted()
  })
  let count = 0
  return {
    async run(block) {
      const mark = `--- end of block ${++count} ---\n`
      printed = ''
      const { promise, resolve } = Promise.withResolvers<void>()
      onPrinted = () => printed.endsWith(mark) && resolve()
      child.stdin.write(`${block}printf %s\\\\n '${mark.trim()}'\n`)
      const end = await Promise.race([promise, ended])
      if (end !== undefined) throw new Error(`the shell ended in the block:\n${block}\n${printed}`)
      return printed.slice(0, -mark.length)
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }
}
