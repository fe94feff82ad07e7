/** Every refusal in words for a voter, with a way on. */
import type { CastRefusal } from './casting.ts'

export interface RefusalWords {
  readonly title: string
  readonly text: string
  /** choose: back to the ballot. list: to the other polls. none: the result below is the way on. */
  readonly way: 'choose' | 'list' | 'none'
  readonly results: boolean
}

const tryAgain: RefusalWords = {
  title: 'That did not go through.',
  text: 'Your vote was not taken, and nothing was counted. Please try again.',
  way: 'choose',
  results: false,
}

export function refusalWords(reason: CastRefusal): RefusalWords {
  switch (reason) {
    case 'already-voted':
      return {
        title: 'You have already voted here.',
        text: 'One vote for each person: your first one stands. Here is how it looks.',
        way: 'none',
        results: true,
      }
    case 'poll-closed':
      return {
        title: 'The box was closed already.',
        text: 'Your vote came after the poll had closed, so it could not be counted. Here is how it stands.',
        way: 'choose',
        results: true,
      }
    case 'poll-not-open':
      return {
        title: 'A little early.',
        text: 'This poll has not opened yet. Your choice stays marked: cast it when the box opens.',
        way: 'choose',
        results: false,
      }
    case 'unknown-poll':
      return {
        title: 'This poll is gone.',
        text: 'It was taken down while you were voting, so your vote was not counted.',
        way: 'list',
        results: false,
      }
    case 'limit-reached':
      return {
        title: 'All your votes are cast.',
        text: 'You have used all the votes that this poll gives you. Those that you cast are counted.',
        way: 'none',
        results: true,
      }
    case 'identity-needed':
      return {
        title: 'This box takes verified voters only.',
        text: 'Verify who you are first, then vote. Nothing was counted.',
        way: 'choose',
        results: false,
      }
    case 'unknown-option':
    case 'unknown-box':
    case 'box-needed':
      return {
        title: 'The ballot has changed.',
        text: 'What you chose is no longer on it, so nothing was counted. Please look again.',
        way: 'choose',
        results: false,
      }
    case 'vote-id-reused':
      return {
        title: 'Two votes got mixed up.',
        text: 'This device sent two different choices under one number. Choose again and it gets a new one.',
        way: 'choose',
        results: false,
      }
    case 'queue-full':
    case 'unavailable':
      return {
        title: 'Too many at the box.',
        text: 'So many are voting that yours could not be taken. Nothing was counted: please try again.',
        way: 'choose',
        results: false,
      }
    case 'unclear':
      return tryAgain
    default:
      return reason satisfies never
  }
}
