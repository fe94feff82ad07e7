/** Requests to `vote.cast` as nobody would write them by hand, from a seed: the same seed makes the same requests. */

export interface GeneratedCall {
  /** The request in pieces, as they are to be sent. */
  readonly pieces: readonly Buffer[]
  /** How many answers it asks for; 0 where it is cut off before its end. */
  readonly answers: number
}

/** What a generated call may bring. */
export interface CallMaterial {
  readonly tokens: { readonly genuine: string; readonly expired: string; readonly admin: string }
  readonly host: string
  readonly allowedOrigin: string
}

/** mulberry32: small, and the same on every machine. */
export function makeChance(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)] as T
  return {
    next,
    pick,
    isIn: (share: number) => next() < share,
    upTo: (most: number) => Math.floor(next() * (most + 1)),
  }
}
export type Chance = ReturnType<typeof makeChance>

export function generateCall(chance: Chance, material: CallMaterial): GeneratedCall {
  const calls = chance.isIn(0.05) ? 2 + chance.upTo(2) : 1
  const all = Array.from({ length: calls }, (_, i) =>
    request(chance, material, calls === 1 ? 'alone' : i === calls - 1 ? 'last' : 'before others'),
  )
  const bytes = Buffer.concat(all)
  if (chance.isIn(0.03)) return { pieces: [bytes.subarray(0, chance.upTo(bytes.length - 1))], answers: 0 }
  return { pieces: chance.isIn(0.2) ? cut(chance, bytes) : [bytes], answers: calls }
}

function cut(chance: Chance, bytes: Buffer): Buffer[] {
  const places = Array.from({ length: 1 + chance.upTo(3) }, () => chance.upTo(bytes.length)).sort(
    (a, b) => a - b,
  )
  return [...places, bytes.length].map((place, i) => bytes.subarray(i === 0 ? 0 : places[i - 1], place))
}

/**
 * What follows a request that ends its connection, that is no HTTP, or of which a part was thrown away is anybody's
 * guess: such a one comes alone.
 */
type Place = 'alone' | 'before others' | 'last'

function request(chance: Chance, material: CallMaterial, place: Place): Buffer {
  const body = Buffer.from(bodyText(chance, place))
  const isBatch = chance.isIn(0.03)
  const path = isBatch
    ? '/trpc/vote.cast?batch=1'
    : chance.isIn(0.95)
      ? '/trpc/vote.cast'
      : chance.pick([
          '/trpc/vote.cast?',
          '/trpc/vote.cast?x=1',
          '/trpc/vote%2Ecast',
          '/trpc/vote.castx',
          '/trpc/vote.cast/',
        ])
  const sent = isBatch && chance.isIn(0.8) ? Buffer.from(`{"0":${body.toString()}}`) : body
  const isChunked = chance.isIn(0.06)
  const lines = shuffled(chance, headers(chance, material, isChunked ? null : sent.length, place))
  const method =
    place !== 'alone' || chance.isIn(0.98) ? 'POST' : chance.pick(['PUT', 'OPTIONS', 'post', 'DELETE'])
  const head = Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`,
    'latin1',
  )
  return Buffer.concat([head, isChunked ? chunked(chance, sent) : sent])
}

function chunked(chance: Chance, body: Buffer): Buffer {
  const chunks = body.length === 0 ? [] : cut(chance, body).filter(({ length }) => length > 0)
  const coded = chunks.flatMap((chunk) => [`${chunk.length.toString(16)}\r\n`, chunk, '\r\n'])
  return Buffer.concat(
    [...coded, '0\r\n\r\n'].map((part) => (typeof part === 'string' ? Buffer.from(part) : part)),
  )
}

function headers(
  chance: Chance,
  { tokens, host, allowedOrigin }: CallMaterial,
  length: number | null,
  place: Place,
): string[] {
  const name = (text: string) =>
    chance.isIn(0.8)
      ? text
      : chance.isIn(0.5)
        ? text.toUpperCase()
        : text.replace(/^.|-./g, (it) => it.toUpperCase())
  const value = (text: string) =>
    chance.isIn(0.9) ? ` ${text}` : chance.pick([text, `  ${text}`, `\t${text}`, ` ${text}  `])
  const line = (header: string, text: string) => `${name(header)}:${value(text)}`
  const some = (share: number, header: string, of: readonly string[]) =>
    chance.isIn(share) ? [line(header, chance.pick(of))] : []
  const own = `http://${host}`
  return [
    ...some(place === 'alone' ? 0.995 : 1, 'host', [
      host,
      host,
      host,
      host.toUpperCase(),
      'elsewhere.example',
    ]),
    ...(length === null ? [line('transfer-encoding', 'chunked')] : [line('content-length', String(length))]),
    ...some(0.97, 'content-type', [
      ...Array<string>(12).fill('application/json'),
      ...[
        'application/json; charset=utf-8',
        'Application/JSON',
        'application/json ;x=y',
        'text/plain',
        'application/jsonp',
      ],
    ]),
    ...some(0.93, 'authorization', [
      ...Array<string>(12).fill(`Bearer ${tokens.genuine}`),
      ...[
        `bearer  ${tokens.genuine}`,
        `Bearer ${tokens.expired}`,
        `Bearer ${tokens.admin}`,
        'Bearer forged',
        'Bearer ',
      ],
      ...[`Basic ${tokens.genuine}`, `Bearer ${tokens.genuine}x`],
    ]),
    ...some(0.1, 'cookie', [
      `urna_session=${tokens.genuine}`,
      `a=b; urna_session=${tokens.genuine}; c`,
      'urna_session=',
      'x',
    ]),
    ...some(0.3, 'origin', [
      own,
      own,
      own,
      allowedOrigin,
      allowedOrigin,
      'http://elsewhere.example',
      'null',
      '',
    ]),
    ...some(0.5, 'accept', [
      '*/*',
      '*/*',
      'application/json',
      'application/jsonl',
      'text/html, application/jsonl',
    ]),
    ...some(0.02, 'trpc-accept', ['application/jsonl', 'application/json']),
    ...some(
      0.05,
      'connection',
      place === 'before others' ? ['keep-alive'] : ['keep-alive', 'Keep-Alive', 'close', 'keep-alive, x'],
    ),
    ...some(place === 'alone' ? 0.02 : 0, 'expect', ['100-continue']),
    ...some(0.02, 'te', ['trailers']),
    ...some(0.02, 'content-encoding', ['identity']),
    ...some(0.01, 'authorization', [`Bearer ${tokens.genuine}`, 'Bearer other']),
    ...some(0.01, 'content-type', ['application/json', 'text/plain']),
    ...some(place === 'alone' ? 0.005 : 0, 'content-length', ['1', '0']),
    ...some(0.3, 'user-agent', ['Mozilla/5.0 (X11; Linux x86_64)', 'caf\u00e9', 'x'.repeat(300)]),
    ...some(0.2, 'sec-fetch-site', ['same-origin']),
    ...some(place === 'alone' ? 0.01 : 0, chance.pick(['x-odd name', 'x\u0001', 'x-empty']), ['', 'y']),
  ]
}

const genuineIds = {
  pollId: '01a1fbef-ef64-7761-a775-b3de4520bf4c',
  voteId: () => '01a1fbef-ef98-74c7-a30d-88eb8c852c83',
}
/** The test's ballot answers by the option. */
export const optionIds = [
  'accept',
  'refuse',
  'full',
  'limited',
  'unclear',
  'throw',
  'samba',
  'two-words',
] as const

function bodyText(chance: Chance, place: Place): string {
  if (chance.isIn(0.02))
    return chance.pick(['', ' ', '{', 'null', '[]', '1', '"text"', '\ufeff{}', '{"a":1}}', 'not json'])
  if (place === 'alone' && chance.isIn(0.01))
    return JSON.stringify({ ...vote(chance), filler: 'x'.repeat(20_000) })
  const pairs = Object.entries(vote(chance))
  if (chance.isIn(0.05))
    pairs.push(
      chance.pick([
        ['voter', 'me'],
        ['__proto__', { a: 1 }],
        ['constructor', 1],
        ['toString', 'x'],
      ]),
    )
  if (chance.isIn(0.03)) pairs.push(...pairs.slice(0, 1))
  if (chance.isIn(0.04)) pairs.pop()
  const space = chance.isIn(0.1) ? chance.pick([' ', '\n', '\t', '  ']) : ''
  const members = shuffled(chance, pairs).map(
    ([key, value]) =>
      `${space}${escaped(chance, key)}${space}:${space}${typeof value === 'string' ? escaped(chance, value) : JSON.stringify(value)}`,
  )
  return `{${members.join(',')}${space}}`
}

function vote(chance: Chance): Record<string, unknown> {
  const odd: unknown[] = [
    null,
    1,
    true,
    [],
    {},
    '',
    ' ',
    'Samba',
    'a--b',
    '-a',
    'x'.repeat(41),
    'x'.repeat(40),
    'br\u00e9sil',
    '\ud83d\ude00',
  ]
  const id = (genuine: string) =>
    chance.isIn(0.9)
      ? genuine
      : chance.pick<unknown>([
          ...[genuine.toUpperCase(), genuine.replace(/-7/, '-9'), `${genuine} `, genuine.slice(1), ...odd],
          ...[
            '00000000-0000-0000-0000-000000000000',
            'ffffffff-ffff-ffff-ffff-ffffffffffff',
            genuine.replaceAll('-', ''),
          ],
        ])
  return {
    pollId: id(genuineIds.pollId),
    optionId: chance.isIn(0.93) ? chance.pick(optionIds) : chance.pick(odd),
    voteId: id(genuineIds.voteId()),
    ...(chance.isIn(0.15) && { box: chance.isIn(0.8) ? 'audience' : chance.pick(odd) }),
  }
}

/** A JSON string in which some characters are written as escapes. */
function escaped(chance: Chance, text: string): string {
  const plain = JSON.stringify(text)
  if (chance.isIn(0.85)) return plain
  return `"${Array.from(text)
    .map((char) =>
      chance.isIn(0.3) && char.length === 1
        ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
        : JSON.stringify(char).slice(1, -1),
    )
    .join('')}"`
}

function shuffled<T>(chance: Chance, of: readonly T[]): T[] {
  return of
    .map((it) => [chance.next(), it] as const)
    .sort(([a], [b]) => a - b)
    .map(([, it]) => it)
}
