/** Tells a run as sentences. */
import { clock, say, type Fault } from './explain.ts'
import type { Interlude, Run, Step } from './runs.ts'
import { choiceOf } from './choice.ts'

export function tellRun(run: Run): string {
  const lines = run.boxes.map(
    ({ voters: who, limit }, i) =>
      `Box ${i + 1} takes ${tellLimit(limit)} of each ${who === 'device' ? 'device' : 'verified person'}.`,
  )
  if (run.boxes.some(({ voters: who }) => who === 'verified'))
    lines.push('Ana and Bruno are two devices of one person; nobody vouches for Clara.')
  if (run.closesAfterMs !== null)
    lines.push(`The poll closes ${run.closesAfterMs} ms after its opening, with 2 s of grace.`)
  for (const [i, act] of run.acts.entries()) {
    lines.push(...tellInterlude(run.interludes[i - 1] ?? 'nothing'))
    lines.push(...act.map((step) => tellStep(run, step)))
  }
  return lines.map((line) => `  ${line}`).join('\n')
}

export const tellFault = ({ heard, why }: Fault): string =>
  `${heard.what} (sent ${clock(heard.askedAt)}, heard ${clock(heard.heardAt)}) and hears: ${say(heard.verdict)}; ${why}`

function tellLimit(limit: Run['boxes'][number]['limit']): string {
  if (limit === null) return 'any number of votes'
  const votes = `${limit.votes} vote${limit.votes === 1 ? '' : 's'}`
  return limit.perSeconds === null ? `${votes} in all` : `${votes} in any ${limit.perSeconds} s`
}

function tellInterlude(interlude: Interlude): string[] {
  switch (interlude) {
    case 'nothing':
      return []
    case 'amnesia':
      return ['Redis forgets everything.']
    case 'kill 0':
      return ['Gateway 1 is killed and started again, while:']
    case 'kill 1':
      return ['Gateway 2 is killed and started again, while:']
    case 'kill worker':
      return ['The worker is killed and started again, while:']
  }
}

function tellStep(run: Run, step: Step): string {
  switch (step.does) {
    case 'cast':
      return `${step.casts.length > 1 ? 'At once: ' : ''}${step.casts.map((cast) => choiceOf(run.boxes, cast).what).join('; ')}.`
    case 'edge': {
      const { who, box } = choiceOf(run.boxes, step.cast)
      const { number } = step.cast
      const votes = `${step.votes} vote${step.votes === 1 ? '' : 's'}`
      return `${who} casts ${votes} in box ${box + 1} around the edge of its window, and as many before if it is empty (from number ${number} on).`
    }
    case 'wait':
      return `${step.ms} ms pass.`
  }
}
