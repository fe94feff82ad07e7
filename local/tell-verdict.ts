/** Tells in words what the check of an export found, and which of three endings it has. */
import { join } from 'node:path'
import { exportFiles } from '../contracts/export-files.ts'
import { keysPath } from '../contracts/signing.ts'
import type { Verdict, Verifying } from '../queue-workers/ledger/verify-export.ts'

/** holds: all of it was signed. fails: some of it is not what was signed. open: some of it nobody has signed. */
export const exitCodes = { holds: 0, fails: 1, open: 3 } as const

type Asked = Omit<Verifying, 'onProgress'>

const number = (n: number) => n.toLocaleString('en')
const many = (n: number, one: string, more: string) => `${number(n)} ${n === 1 ? one : more}`
const votesIn = ({ votes, rows }: Pick<Verdict, 'votes' | 'rows'>) =>
  `${many(votes, 'vote', 'votes')} in ${many(rows, 'batch', 'batches')}`

export function tellFindings(verdict: Verdict, asked: Asked): string[] {
  const { manifest, anchors, outcomes, counts } = verdict
  const { poll } = manifest
  const last = anchors.anchors.at(-1)
  const keys = [...anchors.keyIds].join(', ')
  return [
    `Poll      ${poll.question} (${poll.pollId})${poll.isRehearsal ? ', a rehearsal' : ''}`,
    `Export    made ${manifest.madeAt}, ${poll.state}`,
    `Ledger    ${votesIn(verdict)}: ${number(outcomes.counted)} counted, ${many(outcomes.repeat, 'repeat', 'repeats')}, ${number(outcomes.refused)} refused, ${number(outcomes.rejected)} rejected`,
    ...poll.boxes.flatMap(({ boxId }, boxNo) =>
      poll.options.map(({ optionId }, optionNo) => {
        const votes = counts[boxNo * poll.options.length + optionNo] ?? 0
        return `          ${boxId}: ${optionId} ${number(votes)}`
      }),
    ),
    last === undefined
      ? 'Anchors   none of this poll'
      : `Anchors   ${last.anchorNo}, the last made ${last.madeAt}${last.certified ? '; it certifies the result' : ''}`,
    ...firstKept(verdict),
    ...(anchors.others > 0 ? [`          ${anchors.others} of other polls were passed over`] : []),
    ...(asked.upTo === Infinity
      ? []
      : [`          those after number ${asked.upTo} were left out, as you asked`]),
    ...(keys === '' ? [] : [`Keys      ${keys}`, ...keyHint(asked)]),
  ]
}

function firstKept({ anchors: { anchors } }: Verdict): string[] {
  const [first] = anchors
  return first === undefined || first.anchorNo === 1
    ? []
    : [
        `          those before number ${first.anchorNo} are not in your file: what they covered is proven since ${first.madeAt} only`,
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

/** The last words, and what they mean for whoever reads the exit code alone. */
export function tellEnding(
  verdict: Verdict,
  asked: Asked,
): { readonly lines: readonly string[]; readonly code: number } {
  const { faultCount, faults, hint, unanchored, missing, manifest, anchors } = verdict
  if (faultCount > 0) {
    const lines = [
      `${many(faultCount, 'fault', 'faults')}:`,
      ...faults.map((fault) => `- ${fault}`),
      ...(faults.length < faultCount ? ['- and more of the same.'] : []),
      ...(hint === null ? [] : [hint]),
    ]
    return { lines, code: exitCodes.fails }
  }
  const isNotLookedAt = manifest.poll.state === 'certified' && anchors.anchors.at(-1)?.certified === undefined
  const open = [
    ...(unanchored.rows === 0
      ? []
      : [
          `The last ${votesIn(unanchored)} ${unanchored.votes === 1 ? 'is' : 'are'} not covered by ${asked.upTo === Infinity ? 'any of these anchors: nothing vouches for them' : `an anchor up to number ${asked.upTo}: nothing was looked at that vouches for them`}.`,
        ]),
    ...(missing === 0
      ? []
      : [
          `${many(missing, 'vote', 'votes')} that a gateway accepted before others ${missing === 1 ? 'is' : 'are'} in no batch: on the way when the export was made, or lost.`,
        ]),
    ...(isNotLookedAt
      ? ['The anchor that certifies the result was left out: the result was not compared.']
      : []),
  ]
  return open.length === 0
    ? { lines: ['All of it is what was signed.'], code: exitCodes.holds }
    : { lines: [`What the anchors cover is what was signed. ${open.join(' ')}`], code: exitCodes.open }
}
