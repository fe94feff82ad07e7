/** The subscription that the package follows. */

export const tallyDocument = `subscription Tally($pollId: ID!) {
  tally(pollId: $pollId) {
    pollId
    pollVersion
    version
    shows
    isRehearsal
    asOf
    total
    options {
      optionId
      votes
    }
    boxes {
      boxId
      total
      options {
        optionId
        votes
      }
    }
  }
}`
