/** The stock way: tRPC behind its fastify adapter, one zod input, one BullMQ job for each vote. */
import { initTRPC } from '@trpc/server'
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import { Queue } from 'bullmq'
import { fastify } from 'fastify'
import { Redis } from 'ioredis'
import { z } from 'zod'

const connection = new Redis(process.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null })
const queue = new Queue('stock-votes', { connection })
const trpc = initTRPC.create()
const vote = z.object({ pollId: z.uuid(), optionId: z.string().max(40), voteId: z.uuid() })

const router = trpc.router({
  vote: trpc.router({
    cast: trpc.procedure.input(vote).mutation(async ({ input }) => {
      const job = await queue.add('vote', input, { jobId: input.voteId })
      const receipt = { batchId: job.id, position: 0 }
      return { accepted: true, voteId: input.voteId, acceptedAt: new Date().toISOString(), receipt }
    }),
  }),
})

const server = fastify({ maxParamLength: 5_000 })
await server.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router } })
await server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' })
