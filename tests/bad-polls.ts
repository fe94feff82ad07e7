/** Polls that nobody can make: what is wrong with each, and how the answer names it. */

export const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
const box = { boxId: 'fans', voters: 'device', limit: null, weight: 10_000 }
const limited = (limit: unknown) => ({ boxes: [{ ...box, limit }] })
export const weighing = (...weights: number[]) => ({
  boxes: weights.map((weight, i) => ({ ...box, boxId: `box-${i}`, weight })),
})
const limitsOf = (voters: string, ...limits: number[]) => ({
  boxes: limits.map((votes, i) => ({
    ...{ boxId: `${voters}-${i}`, voters, limit: { votes, perSeconds: null } },
    weight: i === 0 ? 10_000 : 0,
  })),
})
export const options = (...texts: unknown[]) => ({ options: texts })

/** What is wrong with a poll to make, and what the answer's sentence says of it. Each is 400 bad-input. */
export const badPolls: [string, object, string][] = [
  ['no options', options(), 'options: a poll has at least 2 options'],
  ['one option', options('A'), 'options: a poll has at least 2 options'],
  [
    '101 options',
    options(...Array.from({ length: 101 }, (_, i) => `${i}`)),
    'options: a poll has at most 100',
  ],
  ['two equal options', options('Anná', 'B', ' ANNA\u0301'), 'options.2: the same as option 1'],
  [
    'two equal optionIds',
    options({ text: 'A', optionId: 'x' }, { text: 'B', optionId: 'x' }),
    'options.1.optionId',
  ],
  ['an option without a text', options('A', ' '), 'options.1: an option needs a text'],
  ['an option that nobody can see', options('A', '\u200b'), 'options.1: an option needs a text'],
  ['an overlong option', options('A', 'x'.repeat(101)), 'options.1: at most 100 characters'],
  ['an option that is a number', options('A', 7), 'options.1: '],
  ['a key that options lack', options('A', { text: 'B', votes: 7 }), 'options.1: Unrecognized key: "votes"'],
  [
    'a colour by name',
    options('A', { text: 'B', colour: 'red' }),
    'options.1.colour: a colour is written #rrggbb',
  ],
  [
    'a script as picture',
    options('A', { text: 'B', pictureUrl: 'javascript:alert(1)' }),
    'options.1.pictureUrl: a picture has an address',
  ],
  ['no question', { question: undefined }, 'question: '],
  ['an empty question', { question: ' ' }, 'question: a poll needs a question'],
  ['an overlong question', { question: 'x'.repeat(201) }, 'question: at most 200 characters'],
  ['a NUL', { question: 'Who\u0000?' }, 'question: must not hold control characters'],
  ['a line break', { question: 'Who\nwins?' }, 'question: must not hold control characters'],
  ['half of an emoji', { question: 'Who \ud83d?' }, 'question: must not hold half of a character'],
  ['a direction turned round', options('A', 'B\u202etxet'), 'options.1: must not hold characters that turn'],
  ['a direction isolated', { description: '\u2067x' }, 'description: must not hold characters that turn'],
  ['an overlong description', { description: 'x'.repeat(1_001) }, 'description: at most 1000 characters'],
  ['a slug with spaces', { slug: 'Who wins' }, 'slug: must be lower case letters'],
  ['no boxes', { boxes: [] }, 'boxes: a poll has at least 1 ballot box'],
  ['11 boxes', weighing(10_000, ...Array.from({ length: 10 }, () => 0)), 'boxes: a poll has at most 10'],
  [
    'weights that sum to less',
    weighing(7_000, 2_999),
    'boxes: the weights sum to 9999; they must sum to 10000',
  ],
  ['weights that sum to more', weighing(7_000, 3_001), 'boxes: the weights sum to 10001'],
  ['a weight below nothing', weighing(10_001, -1), 'boxes.1.weight'],
  ['a weight of half a point', weighing(9_999.5, 0.5), 'boxes.0.weight'],
  ['two equal boxIds', { boxes: [0, 10_000].map((weight) => ({ ...box, weight })) }, 'have the same boxId'],
  ['voters by IP', { boxes: [{ ...box, voters: 'ip' }] }, 'boxes.0.voters'],
  ['a key that boxes lack', { boxes: [{ ...box, perIp: 3 }] }, 'boxes.0: Unrecognized key: "perIp"'],
  [
    'a limit of 0',
    limited({ votes: 0, perSeconds: null }),
    'boxes.0.limit.votes: a limit allows at least 1 vote',
  ],
  [
    'a limit of 101',
    limited({ votes: 101, perSeconds: 60 }),
    'boxes.0.limit.votes: a limit allows at most 100',
  ],
  [
    'limits of 101 together',
    limitsOf('device', 60, 41),
    'boxes: the limits of the boxes for device voters allow 101 votes together; at most 100',
  ],
  ['half a vote', limited({ votes: 1.5, perSeconds: 60 }), 'boxes.0.limit.votes'],
  ['a window of nothing', limited({ votes: 1, perSeconds: 0 }), 'boxes.0.limit.perSeconds'],
  ['a window over a week', limited({ votes: 1, perSeconds: 604_801 }), 'a window lasts a week at most'],
  ['a place on no map', { timeZone: 'Mars/Olympus' }, 'timeZone: must be a time zone such as'],
  ['an hour that knows no summer', { timeZone: 'CET' }, 'timeZone: must be a time zone such as'],
  ['an offset', { timeZone: '+03:00' }, 'timeZone: must be a time zone such as'],
  ['a time in words', { opensAt: 'tomorrow' }, 'opensAt: '],
  ['a day that no month has', { opensAt: '2031-02-30T20:00:00Z' }, 'opensAt: '],
  ['a time without a zone', { opensAt: '2031-02-03T20:00:00' }, 'opensAt: '],
  ['an opening that is past', { opensAt: inMs(-70_000) }, 'openPoll opens a poll now'],
  ['a close that is past', { closesAt: inMs(-1) }, 'closesAt: '],
  [
    'a close before the opening',
    { opensAt: inMs(120_000), closesAt: inMs(60_000) },
    'closesAt: closesAt must be later than opensAt',
  ],
  ['a visibility that is none', { visibility: 'secret' }, 'visibility: '],
  ['a key that polls lack', { limit: 7 }, 'Unrecognized key: "limit"'],
]
