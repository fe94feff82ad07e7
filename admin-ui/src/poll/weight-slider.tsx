/** The weight of one ballot box as a slider, and as a number for who wants it to the hundredth of a percent. */
import { useId, useState, type KeyboardEvent } from 'react'
import { wholeWeight } from '../../../contracts/poll.ts'
import { percentText, weightFrom } from '../poll-form/weights.ts'

interface WeightSliderProps {
  readonly name: string
  /** The box that has the rest, where there are two. */
  readonly other: string | null
  /** Basis points. */
  readonly weight: number
  readonly onWeight: (weight: number) => void
}

// One percent for an arrow key, a hundredth with Shift: the browser's own step would be a hundredth alone.
const step = { coarse: 100, fine: 1 }

export function WeightSlider({ name, other, weight, onWeight }: WeightSliderProps) {
  const id = useId()
  // Null: the number follows the slider; else what is being typed.
  const [typed, type] = useState<string | null>(null)
  const set = (to: number) => onWeight(Math.min(wholeWeight, Math.max(0, to)))

  function press(event: KeyboardEvent) {
    const ways: Record<string, number> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }
    const way = ways[event.key]
    if (way === undefined) return
    event.preventDefault()
    set(weight + way * (event.shiftKey ? step.fine : step.coarse))
  }

  return (
    <div className="slider">
      <label htmlFor={id}>
        Weight of {name}
        {other !== null && <span className="unit">, the rest for {other}</span>}
      </label>
      <div className="slider-row">
        <input
          id={id}
          type="range"
          min={0}
          max={wholeWeight}
          step={1}
          value={weight}
          aria-valuetext={`${name} ${percentText(weight)} %`}
          onChange={(event) => set(Number(event.target.value))}
          onKeyDown={press}
        />
        <input
          className="short-field"
          inputMode="decimal"
          aria-label={`Weight of ${name} in %`}
          value={typed ?? percentText(weight)}
          onChange={(event) => {
            type(event.target.value)
            const read = weightFrom(event.target.value)
            if (read !== null) set(read)
          }}
          onBlur={() => type(null)}
        />
        <span className="unit">%</span>
      </div>
      {other !== null && (
        <p className="slider-ends figure" aria-hidden="true">
          <span>
            {name} {percentText(weight)} %
          </span>
          <span>
            {other} {percentText(wholeWeight - weight)} %
          </span>
        </p>
      )}
    </div>
  )
}
