/** Reads a Dockerfile as far as ours goes: stages, their instructions, and what a container of the last one starts with. */
export interface Instruction {
  readonly name: string
  readonly text: string
}
export interface Stage {
  /** What it begins from: another stage's name, or an image. */
  readonly from: string
  readonly name: string
  readonly instructions: readonly Instruction[]
}

const known = new Set([
  'ARG',
  'CMD',
  'COPY',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'RUN',
  'USER',
  'WORKDIR',
])

/** Throws at what it does not know. */
export function readDockerfile(text: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = []
  const whole = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n/g, ' ')
  for (const line of whole.split('\n')) {
    const [, name = '', rest = ''] = /^\s*([A-Z]+)\s+(.*?)\s*$/.exec(line) ?? []
    if (line.trim() === '') continue
    if (!known.has(name)) throw new Error(`Not read in a Dockerfile: ${line}`)
    if (name !== 'FROM') {
      stages.at(-1)?.instructions.push({ name, text: rest })
      continue
    }
    const [from = '', , as = String(stages.length)] = rest.replace(/--platform=\S+\s+/, '').split(/\s+/)
    stages.push({ from, name: as, instructions: [] })
  }
  return stages
}

/** `A=1 B="two words"`. */
export function readPairs(text: string): [string, string][] {
  return [...text.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)].map(([, name = '', quoted, plain]) => [
    name,
    quoted ?? plain ?? '',
  ])
}

export function readJsonWords(text: string): string[] {
  const words: unknown = JSON.parse(text)
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words
  throw new Error(`No list of words: ${text}`)
}
