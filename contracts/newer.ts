/** Which of two frames to show: the line may deliver an old one late, and numbers must never jump back. */

/** A tally's frames obey the rules of a version of their poll: the newer rule comes before the newer count. */
interface Versioned {
  readonly version: number
  readonly pollVersion?: number
}

export function newer<Frame extends Versioned>(shown: Frame | null, came: Frame): Frame {
  return shown !== null && isOlder(came, shown) ? shown : came
}

function isOlder(came: Versioned, shown: Versioned): boolean {
  const [ofCame, ofShown] = [came.pollVersion ?? 0, shown.pollVersion ?? 0]
  return ofCame === ofShown ? came.version < shown.version : ofCame < ofShown
}
