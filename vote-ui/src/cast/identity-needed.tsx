/** What a voter without an identity needs to vote in a verified box. */

export function IdentityNeeded() {
  return (
    <div className="notice notice-plain identity-needed">
      <strong>This box takes verified voters only.</strong> Open the personal link that the broadcaster gave
      you on this device: it brings you back here, verified.
    </div>
  )
}
