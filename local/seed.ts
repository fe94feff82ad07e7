/** Gives a new data folder a demo: one open poll with three options, and one that opens tomorrow evening. */
import { makeUrnaClient } from '../contracts/client.ts'

/** Resolves to false where there are polls already. */
export async function seedDemo(trpcUrl: string, adminToken: string): Promise<boolean> {
  const { trpc } = makeUrnaClient({ trpcUrl, adminToken })
  const there = await trpc.poll.list.query()
  if (there.length > 0) return false
  const open = await trpc.admin.createPoll.mutate({
    question: 'Who sings the last song of the night?',
    slug: 'last-song',
    description: 'Vote while the band tunes up. One vote for each device.',
    options: ['Aurora', 'Bento', 'Celeste'],
  })
  await trpc.admin.openPoll.mutate({ pollId: open.pollId })
  const tomorrow = new Date()
  tomorrow.setDate(tomorrow.getDate() + 1)
  tomorrow.setHours(20, 0, 0, 0)
  await trpc.admin.createPoll.mutate({
    question: 'Which stage gets the encore?',
    slug: 'encore',
    description: 'Three stages, one more song.',
    options: ['Garden stage', 'Main hall', 'Rooftop'],
    opensAt: tomorrow.toISOString(),
  })
  return true
}
