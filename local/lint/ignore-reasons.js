/** Whoever leaves code out of the coverage says why, on the same line: such as `v8 ignore next -- the kernel ends us here`. */

const hint = /\b(?:istanbul|[cv]8|node:coverage)\s+(?:ignore\s+(?:next|if|else|start|file)|disable)\b/
// Tools read the word after `ignore` and no further: what follows two dashes is for people.
const reason = /--\s+(?:\S+\s+){2,}\S+/

const messages = {
  reason:
    'Say on this line why this is left out of the coverage: `{{hint}} -- because ...`, in three words at least.',
}

export const ignoreReasons = {
  meta: { type: 'problem', schema: [], messages },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const found = hint.exec(comment.value)
          if (found === null || reason.test(comment.value.split('\n')[0] ?? '')) continue
          context.report({ loc: comment.loc, messageId: 'reason', data: { hint: found[0] } })
        }
      },
    }
  },
}
