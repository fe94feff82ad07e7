/** A process full of voters: connects, prepares a run, runs it, and tells what it was told. */
import { writeFileSync } from 'node:fs'
import { parse as parseUuid } from 'uuid'
import { openConnection, type Connection } from './connection.ts'
import { failLoad } from './load-child.ts'
import type { FromVoters, RunPlan, ToVoters, VotersSetup } from './messages.ts'
import { makeRequests, type Requests, type Voter } from './requests.ts'
import { runRequests, type Running } from './run-requests.ts'

const setup = JSON.parse(process.argv[2] ?? '') as VotersSetup
const tell = (message: FromVoters) => process.send?.(message)
process.on('uncaughtException', failLoad)
// Whoever started us is gone.
process.on('disconnect', () => process.exit())

// Enough voters for all the second votes of a run: each of them is used again and again.
const mostVoted = 20_000
const voted: Voter[] = []
let prepared: { plan: RunPlan; requests: Requests } | null = null
let running: Running | null = null

const connections: Connection[] = await Promise.all(
  Array.from({ length: setup.connections }, (_, c) =>
    openConnection({
      port: setup.ports[c % setup.ports.length] ?? 0,
      onAnswer: (answer) => running?.onAnswer(c, answer),
      onCut: () => running?.onCut(c),
      onFault: failLoad,
    }),
  ),
)

process.on('message', (message: ToVoters) => {
  switch (message.do) {
    case 'prepare': {
      const { plan } = message
      prepared = {
        plan,
        requests: makeRequests({ setup, voted, count: plan.requests, badPercent: plan.badPercent }),
      }
      return tell({ is: 'prepared' })
    }
    case 'run':
      return void run().catch(failLoad)
    case 'end-pace':
      return running?.endPace()
    default:
      return message satisfies never
  }
})
tell({ is: 'connected' })

async function run(): Promise<void> {
  if (prepared === null) throw new Error('nothing was prepared')
  const { plan, requests } = prepared
  prepared = null
  const now = runRequests({ setup, plan, requests, connections })
  running = now
  const telling = setInterval(() => tell({ is: 'progress', progress: now.progress() }), 500)
  const told = await now.told
  clearInterval(telling)
  running = null
  remember(requests, now)
  if (plan.acceptedFile !== undefined) writeFileSync(plan.acceptedFile, acceptedIds(requests, now))
  if (plan.dueFile !== undefined) writeFileSync(plan.dueFile, dueTimes(requests, now))
  tell({ is: 'told', told })
}

/** Voters whose vote was accepted can try a second one in the next run. */
function remember(requests: Requests, { accepted }: Running): void {
  for (let i = 0; i < requests.count && voted.length < mostVoted; i++) {
    if (accepted[i] === 1) voted.push(requests.voterOf(i))
  }
}

function acceptedIds(requests: Requests, { accepted }: Running): Buffer {
  const ids: Uint8Array[] = []
  for (let i = 0; i < requests.count; i++) if (accepted[i] === 1) ids.push(parseUuid(requests.voteIdOf(i)))
  return Buffer.concat(ids)
}

/** performance.now() begins anew in each process; hrtime is one clock for all of them. */
function dueTimes(requests: Requests, { dueAt }: Running): Buffer {
  const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now()
  return Buffer.from(Float64Array.from({ length: requests.count }, (_, i) => dueAt(i) + offset).buffer)
}
