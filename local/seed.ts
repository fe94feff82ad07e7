/** Gives a new data folder a demo: a plain open poll, one with rules, and one that opens tomorrow evening. */
import { makeUrnaClient, told } from '../contracts/client.ts'

/** Written out, so that requests that are kept in a file find them: see the `.http` files. */
const pollIds = {
  lastSong: '01900000-0000-7000-8000-000000000001',
  final: '01900000-0000-7000-8000-000000000002',
  encore: '01900000-0000-7000-8000-000000000003',
} as const

/** Resolves to false where there are polls already, or the demo was here before. */
export async function seedDemo(trpcUrl: string, adminToken: string): Promise<boolean> {
  const { trpc } = makeUrnaClient({ trpcUrl, adminToken })
  /** Drafts and archived polls are in no list, and a deleted poll's id is never given again: then the demo was here. */
  const make = async (...wanted: Parameters<typeof trpc.admin.createPoll.mutate>): Promise<boolean> => {
    try {
      await trpc.admin.createPoll.mutate(...wanted)
      return true
    } catch (fault) {
      if (['poll-id-taken', 'slug-taken'].includes(told(fault).reason ?? '')) return false
      throw fault
    }
  }
  const there = await trpc.poll.list.query()
  if (there.length > 0) return false
  const isPlainNew = await make({
    pollId: pollIds.lastSong,
    question: 'Who sings the last song of the night?',
    slug: 'last-song',
    description: 'Vote while the band tunes up. One vote for each device.',
    options: ['Aurora', 'Bento', 'Celeste'],
  })
  if (!isPlainNew) return false
  await trpc.admin.openPoll.mutate({ pollId: pollIds.lastSong })
  const isRuledNew = await make({
    pollId: pollIds.final,
    question: 'Who wins the final?',
    slug: 'final',
    description:
      'Verified voters decide 70 % of it, with one vote each. Fans decide 30 %, seven votes a minute.',
    options: ['Dandara', 'Elis', 'Flora'],
    boxes: [
      { boxId: 'verified', voters: 'verified', limit: { votes: 1, perSeconds: null }, weight: 7_000 },
      { boxId: 'fans', voters: 'device', limit: { votes: 7, perSeconds: 60 }, weight: 3_000 },
    ],
    timeZone: zoneOfThisMachine(),
  })
  const inADay = new Date(Date.now() + 24 * 60 * 60 * 1_000)
  if (isRuledNew) await trpc.admin.openPoll.mutate({ pollId: pollIds.final, closesAt: inADay.toISOString() })
  const tomorrow = new Date()
  tomorrow.setDate(tomorrow.getDate() + 1)
  tomorrow.setHours(20, 0, 0, 0)
  await make({
    pollId: pollIds.encore,
    question: 'Which stage gets the encore?',
    slug: 'encore',
    description: 'Three stages, one more song.',
    options: ['Garden stage', 'Main hall', 'Rooftop'],
    opensAt: tomorrow.toISOString(),
  })
  return true
}

/** A machine whose zone has no name of the IANA database counts its hours in UTC. */
function zoneOfThisMachine(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone
  return Intl.supportedValuesOf('timeZone').includes(zone) ? zone : 'UTC'
}
