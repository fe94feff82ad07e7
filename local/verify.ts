/** `npm run verify -- FOLDER --anchors FILE`: checks an export offline, and says which batch is wrong and why. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ZodError } from 'zod'
import { exportFiles } from '../contracts/export-files.ts'
import { keysPath } from '../contracts/signing.ts'
import { verifyExport, type Verdict, type Verifying } from '../queue-workers/ledger/verify-export.ts'
import { tellVotes } from './tell-votes.ts'
import { lineFor, Trouble } from './trouble.ts'

const usage = 'npm run verify -- FOLDER --anchors FILE [--keys FILE] [--up-to ANCHOR]'

type Asked = Omit<Verifying, 'onProgress'>

/** Throws Trouble. */
function readAsked(args: string[]): Asked {
  const { values, positionals } = readArgs(args)
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1 || values.anchors === undefined)
    throw new Trouble(`Which export, and which anchors? Use: ${usage}`)
  const upTo = values['up-to']
  if (upTo !== undefined && !/^[1-9]\d{0,8}$/.test(upTo))
    throw new Trouble(`--up-to takes the number of an anchor. Use: ${usage}`)
  const asked = {
    ...{ folder: resolve(folder), anchorsFile: resolve(values.anchors) },
    ...{ keysFile: values.keys === undefined ? null : resolve(values.keys) },
    upTo: upTo === undefined ? Infinity : Number(upTo),
  }
  const files = Object.values(exportFiles).map((name) => join(asked.folder, name))
  const missing = [...files, asked.anchorsFile, asked.keysFile].find(
    (its) => its !== null && !existsSync(its),
  )
  if (missing != null) throw new Trouble(`${missing} is not there.`)
  return asked
}

function readArgs(args: string[]) {
  const options = {
    anchors: { type: 'string' },
    keys: { type: 'string' },
    'up-to': { type: 'string' },
  } as const
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (fault) {
    const why = fault instanceof Error ? fault.message.split(/\.\s/)[0] : String(fault)
    throw new Trouble(`${why}. Use: ${usage}`)
  }
}

const number = (n: number) => n.toLocaleString('en')

function summary(verdict: Verdict, asked: Asked): string[] {
  const { manifest, anchors, outcomes, unanchored, counts } = verdict
  const { poll } = manifest
  const last = anchors.anchors.at(-1)
  const certified = last?.certified
  const keys = [...anchors.keyIds].join(', ')
  return [
    `Poll      ${poll.question} (${poll.pollId})${poll.isRehearsal ? ', a rehearsal' : ''}`,
    `Export    made ${manifest.madeAt}, ${poll.state}`,
    `Ledger    ${number(verdict.votes)} votes in ${number(verdict.rows)} batches: ${number(outcomes.counted)} counted, ${number(outcomes.repeat)} repeats, ${number(outcomes.refused)} refused, ${number(outcomes.rejected)} rejected`,
    ...poll.boxes.flatMap(({ boxId }, boxNo) =>
      poll.options.map(({ optionId }, optionNo) => {
        const votes = counts[boxNo * poll.options.length + optionNo] ?? 0
        return `          ${boxId}: ${optionId} ${number(votes)}`
      }),
    ),
    last === undefined
      ? 'Anchors   none of this poll'
      : `Anchors   ${last.anchorNo}, the last made ${last.madeAt}${certified ? '; it certifies the result' : ''}`,
    ...(anchors.others > 0 ? [`          ${anchors.others} of other polls were passed over`] : []),
    ...(asked.upTo === Infinity
      ? []
      : [`          those after number ${asked.upTo} were left out, as you asked`]),
    ...(keys === '' ? [] : [`Keys      ${keys}`, ...keyHint(asked)]),
    ...(unanchored.rows === 0
      ? []
      : [
          `Not anchored yet: the last ${number(unanchored.votes)} votes in ${number(unanchored.rows)} batches; nobody has signed them so far.`,
        ]),
  ]
}

function keyHint({ folder, anchorsFile, keysFile }: Asked): string[] {
  const own =
    anchorsFile === join(folder, exportFiles.anchors)
      ? ["          The anchors are the export's own: take them from another place to prove more."]
      : []
  return keysFile === null
    ? [
        `          Compare them with those that were published at ${keysPath}, or give that file with --keys.`,
        ...own,
      ]
    : own
}

try {
  const asked = readAsked(process.argv.slice(2))
  const progress = tellVotes('Checked:', process.stderr)
  const verdict = await verifyExport({ ...asked, onProgress: progress.on })
  progress.end()
  for (const line of summary(verdict, asked)) console.log(line)
  if (verdict.faultCount === 0) console.log('\nAll of it is what was signed.')
  else {
    console.log(`\n${verdict.faultCount === 1 ? 'One fault' : `${number(verdict.faultCount)} faults`}:`)
    for (const fault of verdict.faults) console.log(`- ${fault}`)
    if (verdict.faults.length < verdict.faultCount) console.log('- and more of the same.')
    process.exitCode = 1
  }
} catch (fault) {
  console.error(
    fault instanceof ZodError ? `This is no export that can be read: ${fault.message}` : lineFor(fault),
  )
  process.exitCode = 1
}
