/** `npm run verify`: checks an export, or one voter's receipt, offline, and says what is wrong and why. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { exportFiles, manifestShape } from '../contracts/export-files.ts'
import { parsed } from '../contracts/parsed.ts'
import { verifyExport, type Verifying } from '../queue-workers/ledger/verify-export.ts'
import { readKeyFile } from './read-key-file.ts'
import { tellEnding, tellFindings } from './tell-verdict.ts'
import { tellVotes } from './tell-votes.ts'
import { lineFor, Trouble } from './trouble.ts'
import { verifyReceipt } from './verify-receipt.ts'

const usage = `npm run verify -- FOLDER --anchors FILE [--keys FILE] [--up-to ANCHOR]
or:  npm run verify -- --receipt FILE [--keys FILE]`

type Asked =
  | { readonly is: 'export'; readonly its: Omit<Verifying, 'onProgress'> }
  | { readonly is: 'receipt'; readonly file: string; readonly keysFile: string | null }

/** Throws Trouble. */
function readAsked(args: string[]): Asked {
  const { values, positionals } = readArgs(args)
  const { anchors, receipt, 'up-to': upTo } = values
  const keysFile = values.keys === undefined ? null : resolve(values.keys)
  if (keysFile !== null) needsFile(keysFile)
  if (receipt !== undefined) {
    if (positionals.length > 0 || anchors !== undefined || upTo !== undefined)
      throw new Trouble(`A receipt or an export, one at a time. Use: ${usage}`)
    const file = resolve(receipt)
    needsFile(file)
    return { is: 'receipt', file, keysFile }
  }
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1 || anchors === undefined)
    throw new Trouble(`Which export, and which anchors? Use: ${usage}`)
  if (upTo !== undefined && !/^[1-9]\d{0,8}$/.test(upTo))
    throw new Trouble(`--up-to takes the number of an anchor. Use: ${usage}`)
  const its = {
    ...{ folder: resolve(folder), anchorsFile: resolve(anchors), keysFile },
    upTo: upTo === undefined ? Infinity : Number(upTo),
  }
  for (const file of [...Object.values(exportFiles).map((name) => join(its.folder, name)), its.anchorsFile])
    needsFile(file)
  if (keysFile !== null) readKeyFile(keysFile)
  const manifest = join(its.folder, exportFiles.manifest)
  const read = manifestShape.safeParse(parsed(readFileSync(manifest, 'utf8')))
  if (!read.success) {
    const path = read.error.issues[0]?.path.join('.') || 'it has not the form of one'
    throw new Trouble(`${manifest} is no manifest of an export: ${path}.`)
  }
  return { is: 'export', its }
}

function needsFile(file: string): void {
  if (!existsSync(file)) throw new Trouble(`${file} is not there.`)
}

function readArgs(args: string[]) {
  const options = {
    anchors: { type: 'string' },
    keys: { type: 'string' },
    receipt: { type: 'string' },
    'up-to': { type: 'string' },
  } as const
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (fault) {
    const why = fault instanceof Error ? fault.message.split(/\.\s/)[0] : String(fault)
    throw new Trouble(`${why}. Use: ${usage}`)
  }
}

async function check(asked: Asked): Promise<{ readonly lines: readonly string[]; readonly code: number }> {
  if (asked.is === 'receipt') return verifyReceipt(asked.file, asked.keysFile)
  const progress = tellVotes('Checked:', process.stderr)
  const verdict = await verifyExport({ ...asked.its, onProgress: progress.on })
  progress.end()
  const { lines, code } = tellEnding(verdict, asked.its)
  return { lines: [...tellFindings(verdict, asked.its), '', ...lines], code }
}

try {
  const { lines, code } = await check(readAsked(process.argv.slice(2)))
  for (const line of lines) console.log(line)
  process.exitCode = code
} catch (fault) {
  console.error(lineFor(fault))
  process.exitCode = 1
}
