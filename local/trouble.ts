/** Says a fault at the terminal. */
import { Trouble } from '../runtime/trouble.ts'

export { Trouble }

/** The line to show for anything thrown; an unexpected fault keeps its stack, because nobody foresaw it. */
export function lineFor(fault: unknown): string {
  if (fault instanceof Trouble) return fault.message
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
}
