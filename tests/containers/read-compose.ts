/** Reads docker-compose.yml as far as ours goes; compose-go, the reference, is held against it in files.test.ts. */
import { parse } from 'yaml'
import { z } from 'zod'

const conditions = ['service_healthy', 'service_completed_successfully'] as const

const serviceShape = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z
    .union([z.object({ disable: z.literal(true) }), z.object({ test: z.array(z.string()) })])
    .optional(),
  depends_on: z
    .record(z.string(), z.object({ condition: z.enum(conditions), restart: z.boolean().optional() }))
    .default({}),
  networks: z.array(z.string()).default([]),
  network_mode: z.literal('none').optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  mem_limit: z.string().regex(/^\d+m$/),
  read_only: z.boolean().default(false),
  restart: z.enum(['unless-stopped', 'no']),
  profiles: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  stop_grace_period: z.string().optional(),
})
const fileShape = z.object({
  services: z.record(z.string(), z.strictObject(serviceShape.shape)),
  networks: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.unknown()),
})
export type Service = z.infer<typeof serviceShape>
export type Compose = z.infer<typeof fileShape>

/** `given`: what the shell has set. Throws at what it does not know. */
export function readCompose(text: string, given: Readonly<Record<string, string>> = {}): Compose {
  return fileShape.parse(interpolated(parse(text, { merge: true }), given))
}

function interpolated(value: unknown, given: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string')
    return value.replace(
      /\$\{(\w+):-([^}]*)\}/g,
      (_, name: string, otherwise: string) => given[name] || otherwise,
    )
  if (Array.isArray(value)) return value.map((each) => interpolated(each, given))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, interpolated(each, given)]))
}
