/** A fault that the person at the terminal can mend: its message is the one clear line they see. */
export class Trouble extends Error {
  override name = 'Trouble'
}
