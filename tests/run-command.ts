/** Runs one of the commands as `npm run NAME` does, without npm. */
import { execFile } from 'node:child_process'

/** `env`: beside this process' own; it is given no database but the one that is named here. out: all that it printed. */
export function runCommand(
  name: 'export' | 'verify' | 'replay',
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    const given = { ...process.env, DATABASE_URL: '', ...env }
    execFile(process.execPath, [`local/${name}.ts`, ...args], { env: given }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
    )
  })
}
