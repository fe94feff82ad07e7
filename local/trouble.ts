/** A fault that the person at the terminal can mend: its message is the one clear line they see. */
export class Trouble extends Error {
  override name = 'Trouble'
}

/** The line to show for anything thrown; an unexpected fault keeps its stack, because nobody foresaw it. */
export function lineFor(fault: unknown): string {
  if (fault instanceof Trouble) return fault.message
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
}
