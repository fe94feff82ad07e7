/** What a drawn cast is in the poll of its run: as whom, with which voteId, for what. */
import type { Rules } from './model.ts'
import { optionIds, voters, type Cast } from './runs.ts'

export interface Choice {
  readonly who: string
  /** As whom the voter votes in this box; null where they lack the identity. */
  readonly key: string | null
  /** Names the voteId: the same name, the same voteId. */
  readonly idName: string
  readonly box: number
  readonly option: number
  /** In words. */
  readonly what: string
}

export function choiceOf(boxes: Rules['boxes'], { voter, box: place, number, twist, door }: Cast): Choice {
  const { name, person } = voters[voter] ?? voters[0]
  const home = place % boxes.length
  const kind = boxes[home]?.voters ?? 'device'
  const key = kind === 'device' ? name : person
  // A voteId is bound to as whom it was cast: only a box of the same voters is another choice for it.
  const alike = boxes.flatMap((other, no) => (other.voters === kind ? [no] : []))
  const box = twist === 'box' ? (alike[(alike.indexOf(home) + 1) % alike.length] ?? home) : home
  const option = (number + (twist === 'option' ? 1 : 0)) % optionIds.length
  const idName = `${key ?? name} ${home} ${number}`
  const isOther = option !== number % optionIds.length || box !== home
  const vote = `vote ${number}${isOther ? ` of box ${home + 1}` : ''}`
  return {
    ...{ who: name, key, idName, box, option },
    what: `${name} casts ${vote} for ${optionIds[option] ?? ''} in box ${box + 1} at gateway ${door + 1}`,
  }
}
