/** Chooses when the counts may be seen, each choice with one sentence. */
import { useId } from 'react'
import { visibilities, type Visibility } from '../../../contracts/poll.ts'
import { visibilityInWords } from '../polls/rules-in-words.ts'

interface VisibilityChoiceProps {
  readonly visibility: Visibility
  readonly onVisibility: (visibility: Visibility) => void
}

export function VisibilityChoice({ visibility, onVisibility }: VisibilityChoiceProps) {
  const name = useId()
  return (
    <div className="choices">
      {visibilities.map((one) => (
        <label className="choice" key={one}>
          <input
            type="radio"
            name={name}
            value={one}
            checked={visibility === one}
            onChange={() => onVisibility(one)}
          />
          <span>
            <b>{visibilityInWords[one].name}</b>
            <span className="choice-says">{visibilityInWords[one].says}</span>
          </span>
        </label>
      ))}
    </div>
  )
}
