/** What must be true of a run before its figures count. */
import type { CpuUsed } from './cpu.ts'
import type { RunTold } from './load/messages.ts'
import { Dishonest } from './part.ts'

// What each of them is for stands in load/judge-answer.ts.
const refusals = ['session-forged', 'poll-closed', 'already-voted', 'bad-input']

// A generator that has no time left measures itself.
const busiest = 0.9

/**
 * Throws Dishonest where an answer was not what it had to be; answers what a reader has to know. `withBad`: whether
 * bad requests were among them, each of which must have got its refusal.
 */
export function checkLoad(told: RunTold, withBad: boolean): string[] {
  if (told.wrong > 0) {
    throw new Dishonest(`${told.wrong} answers were wrong:\n  ${told.wrongExamples.join('\n  ')}`)
  }
  if (told.unanswered > 0) throw new Dishonest(`${told.unanswered} requests were never answered`)
  if (told.accepted === 0) throw new Dishonest('no vote was accepted')
  if (withBad) {
    const missing = refusals.filter((reason) => (told.refused[reason] ?? 0) === 0)
    if (missing.length > 0) throw new Dishonest(`no request was refused as ${missing.join(', ')}`)
  }
  const remarks: string[] = []
  const { ofACore, loopDelayMaxMs } = told.generator
  if (ofACore > busiest) {
    remarks.push(`the load generator used ${percent(ofACore)} of a core: it may be what was measured`)
  }
  if (loopDelayMaxMs > 100) remarks.push(`the load generator stood still for ${loopDelayMaxMs.toFixed(0)} ms`)
  if (told.cut > 0) remarks.push(`${told.cut} connections were cut with a request on its way`)
  return remarks
}

/** Whether this machine did other work meanwhile. */
export function checkMachine({ others, stolen, tookS }: CpuUsed): string[] {
  const remarks: string[] = []
  if (others > tookS * 0.1) remarks.push(`others used ${percent(others / tookS)} of a core meanwhile`)
  if (stolen > tookS * 0.05) remarks.push(`the host took ${percent(stolen / tookS)} of a core meanwhile`)
  return remarks
}

export const percent = (share: number): string => `${(share * 100).toFixed(0)} %`
