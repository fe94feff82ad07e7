/** What a check finds wrong: all of it is counted, the first of it is told. */

const mostTold = 100

export interface Faults {
  readonly add: (sentence: string) => void
  readonly told: () => readonly string[]
  readonly count: () => number
}

export function makeFaults(): Faults {
  const told: string[] = []
  let count = 0
  return {
    add(sentence) {
      count++
      if (told.length < mostTold) told.push(sentence)
    },
    told: () => told,
    count: () => count,
  }
}
