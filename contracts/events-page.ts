/** Renders docs/events.md out of the contracts: `npm run generate` writes it, and CI fails where it is stale. */
import { z } from 'zod'
import { eventSamples } from './event-samples.ts'
import { envelopeWords, fieldWords } from './event-words.ts'
import { envelopeShape, eventRules, eventShapes, eventTypes, topics, type EventType } from './events.ts'

type Schema = z.core.JSONSchema.BaseSchema

interface Field {
  readonly path: string
  readonly type: string
}

const dayMs = 24 * 60 * 60 * 1000

/** A type in words that a reader of JSON knows. */
function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.enum !== undefined)
    return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ')
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => typeOf(schemaOf(one))).join(' or ')
  if (schema.prefixItems !== undefined)
    return `[${schema.prefixItems.map((one) => typeOf(schemaOf(one))).join(', ')}]`
  if (schema.type === 'array') return `array of ${typeOf(itemsOf(schema))}`
  return [schema.type ?? 'anything'].flat().join(' or ')
}

const schemaOf = (its: Schema | boolean | undefined): Schema => (typeof its === 'object' ? its : {})
const itemsOf = ({ items }: Schema): Schema => {
  if (Array.isArray(items)) return {}
  return schemaOf(items)
}

/** Each field below a schema, depth first, in the order in which it is written. */
function fieldsOf(schema: Schema, path: string, isOptional = false): Field[] {
  const own = path === '' ? [] : [{ path, type: typeOf(schema) + (isOptional ? ', may be absent' : '') }]
  const object = schema.anyOf?.map(schemaOf).find(({ type }) => type === 'object') ?? schema
  const items = itemsOf(schema)
  const below =
    items.type === 'object'
      ? propertiesOf(items, `${path}[].`)
      : propertiesOf(object, path === '' ? '' : `${path}.`)
  return [...own, ...below]
}

const propertiesOf = ({ properties, required }: Schema, before: string): Field[] =>
  Object.entries(properties ?? {}).flatMap(([name, its]) =>
    fieldsOf(schemaOf(its), `${before}${name}`, required?.includes(name) !== true),
  )

/** Throws where a field has no word, or a word no field. */
function table(fields: readonly Field[], words: Readonly<Record<string, string>>, what: string): string {
  const unsaid = fields.filter(({ path }) => words[path] === undefined).map(({ path }) => path)
  const unknown = Object.keys(words).filter((path) => !fields.some((field) => field.path === path))
  if (unsaid.length + unknown.length > 0)
    throw new Error(`${what}: no words for [${unsaid.join(', ')}], no field for [${unknown.join(', ')}]`)
  const rows = fields.map(({ path, type }) => `| \`${path}\` | ${type} | ${words[path] ?? ''} |`)
  return ['| field | type | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

const schemaFor = (shape: z.ZodType): Schema => z.toJSONSchema(shape)

const isOfEnvelope = ({ path }: Field) => Object.hasOwn(envelopeWords, path)

function chapter(type: EventType): string {
  const rules = eventRules[type]
  const fields = fieldsOf(schemaFor(eventShapes[type]), '').filter(
    (field) => !isOfEnvelope(field) && field.path !== 'data',
  )
  const sample = JSON.stringify(JSON.parse(eventSamples[type].toString()), null, 2)
  const kept = rules.newestOnly
    ? 'the topic is compacted: of a key the newest message alone may be kept'
    : rules.retentionMs === null
      ? 'kept for ever'
      : `kept for ${rules.retentionMs / dayMs} days`
  return `## \`${type}\`

On \`${rules.topic}\`, a ${rules.kind}; version ${rules.version}; key: the ${rules.key}; ${kept}.

${table(fields, fieldWords[type], type)}

\`\`\`json
${sample}
\`\`\`
`
}

export function renderEventsPage(): string {
  const rows = Object.values(topics).map(({ topic, partitions }) => {
    const types = Object.values(eventTypes).filter((type) => eventRules[type].topic === topic)
    return `| \`${topic}\` | ${partitions} | ${types.map((type) => `\`${type}\``).join(', ')} |`
  })
  return `# The events

Written by \`npm run generate\` from \`contracts/events.ts\`, \`event-words.ts\` and \`event-samples.ts\`: change those.

Urna tells the world what happened on Kafka, each message one [CloudEvent](https://cloudevents.io) 1.0 in structured
mode: JSON in UTF-8, without headers of its own. Who may read what: [who-sees-what.md](who-sees-what.md).

| topic | partitions | events |
| --- | --- | --- |
${rows.join('\n')}

- **Key and order.** The key of every message is the pollId, so a poll's events of one topic lie in one partition. On
  \`urna.polls\` and \`urna.tallies\` they come in the order in which they happened. Rows of votes may overtake each other;
  \`shard\` and \`shardseq\` tell their order, and a sum does not need it.
- **At least once.** After a crash or an unclear answer a message is sent again, to the byte, with the same id. Drop an id
  that you have seen. Count distinct ids, never messages.
- **Versions.** The number at the end of a type is the version of its form: another form is another number, and thus
  another type. Leave out types and fields that you do not know.
- **A notification** says that something happened; the state is the sum of all of them. **Carried state** is the whole of
  a thing as it is now, in place of what came before: keep the one with the highest version.

## The envelope

${table(fieldsOf(schemaFor(envelopeShape), ''), envelopeWords, 'the envelope')}

${Object.values(eventTypes).map(chapter).join('\n')}`
}
