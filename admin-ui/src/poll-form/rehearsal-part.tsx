/** Makes a poll a rehearsal; it stays one for ever, so it is asked only when the poll is made. */

interface RehearsalPartProps {
  readonly isRehearsal: boolean
  readonly onRehearsal: (isRehearsal: boolean) => void
}

export function RehearsalPart({ isRehearsal, onRehearsal }: RehearsalPartProps) {
  return (
    <fieldset className="form-part">
      <legend>Rehearsal</legend>
      <label className="choice">
        <input
          type="checkbox"
          name="isRehearsal"
          checked={isRehearsal}
          onChange={(event) => onRehearsal(event.target.checked)}
        />
        <span>
          <b>This poll is a rehearsal</b>
          <span className="choice-says">
            Its votes take the whole way, are marked everywhere, and never make a result. A rehearsal cannot
            become the real poll: duplicate it for that.
          </span>
        </span>
      </label>
    </fieldset>
  )
}
