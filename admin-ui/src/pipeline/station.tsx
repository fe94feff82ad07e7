/** One station on the way of a vote: its name, its reading, its last minute. */
import type { ReactNode } from 'react'
import type { Mood } from './judge-pipeline.ts'
import { rate } from './pipeline-strip.tsx'
import { momentsKept } from './pipeline-view.ts'
import { Sparkline } from './sparkline.tsx'

interface StationParts {
  readonly place: 'door' | 'queue' | 'postgres' | 'screens' | 'kafka'
  readonly name: string
  readonly tool: string
  readonly what: string
  readonly mood: Mood
  readonly children?: ReactNode
}

export function Station({ place, name, tool, what, mood, children }: StationParts) {
  return (
    <li className={`station station-${place} mood-${mood}`}>
      <div className="station-card">
        <h2>
          {name} <small>{tool}</small>
        </h2>
        {children}
        <p className="station-what">{what}</p>
      </div>
    </li>
  )
}

export function Reading({ value, unit }: { value: string; unit: string }) {
  return (
    <p className="reading">
      <span className="figure figure-large">{value}</span> {unit}
    </p>
  )
}

export function Small({ name, value }: { name: string; value: string }) {
  return (
    <p className="reading-small">
      {name} <b className="figure">{value}</b>
    </p>
  )
}

export function Minute({ values, what }: { values: readonly number[]; what: string }) {
  const label = `${what}, last minute: now ${rate(values.at(-1) ?? 0)}, most ${rate(Math.max(0, ...values))}`
  return <Sparkline values={values} width={momentsKept} label={label} />
}
