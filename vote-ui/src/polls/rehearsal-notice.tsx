/** Says, so that nobody can miss it, that votes here count for nothing. */

export function RehearsalNotice() {
  return (
    <p className="rehearsal" role="note">
      <strong>Rehearsal</strong> <span>Votes do not count.</span>
    </p>
  )
}
