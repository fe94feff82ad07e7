/** One run: a stage, voters, the drawn faults, quiet, and the verdict. */
import { join } from 'node:path'
import { rest } from '../../runtime/rest.ts'
import { makeTempFolder, removeTempFolder } from '../../local/temp-folder.ts'
import { adminAt, secrets } from '../house.ts'
import { makeChance } from '../generated-calls.ts'
import { closeBooks } from './close-books.ts'
import type { Traces } from './deeds.ts'
import { doFaults } from './do-faults.ts'
import { drawFaults } from './draw-faults.ts'
import { judgeEnd, type EndSum } from './judge-end.ts'
import { isTooGentle, judge, type Verdict } from './judge.ts'
import { keepEvidence } from './keep-evidence.ts'
import { lookFromOutside } from './look.ts'
import type { ChaosOptions } from './options.ts'
import { settle } from './settle.ts'
import { openStage, type Stage } from './stage.ts'
import { startVoters, type ChaosPoll } from './voters.ts'

export interface ChaosRun extends Verdict {
  readonly seed: number
  readonly faults: number
  /** Faults that did what they are there for. */
  readonly happened: number
  /** Of these, those that met votes in flight. */
  readonly met: number
  readonly isTooGentle: boolean
  /** Books, certificates and exports; null where the sets disagree already, or a role is spared. */
  readonly end: EndSum | null
  readonly votesSent: number
  readonly tookS: number
  /** Where the evidence lies; null where it was thrown away. */
  readonly evidence: string | null
}

// A voter tries every 8 s at the latest; the rest is for a machine that is busy with other things.
const lastAnswersWithinMs = 240_000

export async function runChaos(
  options: ChaosOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<ChaosRun> {
  const startedAt = Date.now()
  const dataDir = makeTempFolder('urna-chaos-')
  let isToBeKept = true
  try {
    const run = await runIn(dataDir, options, say, signal)
    isToBeKept = run.disagreements.length > 0
    return {
      ...run,
      tookS: Math.round((Date.now() - startedAt) / 1_000),
      evidence: isToBeKept ? dataDir : options.evidence,
    }
  } finally {
    if (isToBeKept && !signal.aborted) say(`The evidence is kept in ${dataDir}`)
    else removeTempFolder(dataDir)
  }
}

async function runIn(
  dataDir: string,
  options: ChaosOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Omit<ChaosRun, 'tookS' | 'evidence'>> {
  const { seed } = options
  say(`seed ${seed}; Postgres, Redis, ${options.kafkaNodes} x Kafka, gateways and workers are started`)
  await using stage = await openStage({
    ...{ dataDir, kafkaNodes: options.kafkaNodes, without: options.without, say, signal },
  })
  const faults = drawFaults({
    ...{ seed, faults: options.faults, everyMs: options.everyMs, mostMs: options.minutes * 60_000 },
    ...{ troupe: stage.troupe, only: options.only, forget: options.forget },
  })
  if (!stage.troupe.canFillDisk) say('Skipped: a full disk for Postgres needs root and a mount of its own.')
  const polls = await openPolls(stage)
  const voters = startVoters({
    ...{ polls, doors: stage.doors, sessionSecret: secrets.SESSION_SECRET, rate: options.rate },
    chance: makeChance(seed + 1),
  })
  const traces: Traces = { stolen: [], forgotten: 0, queued: [] }
  const { happened, met } = await doFaults(faults, { stage, voters, traces, say, signal })

  say('No more faults; the last voters get their answers, and the house comes to rest.')
  await voters.end(lastAnswersWithinMs, signal)
  signal.throwIfAborted()
  await settle(stage, polls, voters, traces, signal)
  const seen = await lookFromOutside(stage, polls, voters)
  const known = { polls, log: voters.log, ...traces }
  const sets = judge(known, seen)
  const isToBeClosed = sets.disagreements.length === 0 && options.without.length === 0
  if (isToBeClosed) say('The sets agree; the books are asked, each poll is certified, its export verified.')
  const { expected, end } = await closeBooks(stage, {
    ...{ polls, seen, traces, isToBeClosed, signal, folder: join(dataDir, 'exports') },
  })
  const ended = judgeEnd(expected, end)
  const verdict = { ...sets, disagreements: [...sets.disagreements, ...ended.disagreements] }
  const run = {
    ...{ seed, faults: faults.length, happened, met, isTooGentle: isTooGentle(met, faults.length) },
    ...{ votesSent: voters.log.length, end: isToBeClosed ? ended.sum : null, ...verdict },
  }
  for (const folder of [
    ...(verdict.disagreements.length > 0 ? [dataDir] : []),
    options.evidence ?? [],
  ].flat())
    keepEvidence(folder, { run, faults, voters, seen, end, traces })
  return run
}

async function openPolls(stage: Stage): Promise<ChaosPoll[]> {
  const [first] = stage.gateways
  if (first === undefined) throw new Error('no gateway')
  const { trpc } = adminAt({ process: first.process, url: first.url, trpcUrl: `${first.url}/trpc` })
  const rules = [
    { name: 'one vote', limit: { votes: 1, perSeconds: null } },
    { name: '7 an hour', limit: { votes: 7, perSeconds: 3_600 } },
    { name: 'unlimited', limit: null },
  ]
  const polls: ChaosPoll[] = []
  for (const { name, limit } of rules) {
    const { pollId } = await trpc.admin.createPoll.mutate({
      question: `Which dance? (${name})`,
      options: ['Samba', 'Forro', 'Frevo'],
      boxes: [{ boxId: 'audience', voters: 'device', limit, weight: 10_000 }],
    })
    const poll = await trpc.admin.openPoll.mutate({ pollId })
    const optionIds = poll.options.map(({ optionId }) => optionId)
    polls.push({ pollId, name, limit: limit?.votes ?? null, optionIds })
  }
  // Every gateway has to know them, or its first voters would hear that there is no such poll.
  for (const { url, process } of stage.gateways) {
    const { trpc: there } = adminAt({ process, url, trpcUrl: `${url}/trpc` })
    for (const { pollId } of polls) {
      for (let tries = 1; ; tries++) {
        const state = await there.poll.byId.query({ pollId }).then(
          (poll) => poll.state,
          () => null,
        )
        if (state === 'open') break
        if (tries === 200) throw new Error(`${process.name} does not know ${pollId}`)
        await rest(50)
      }
    }
  }
  return polls
}
