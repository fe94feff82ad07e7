/** Says in which way a shape is no longer the one that a release had, for readers of either side. */
import { isDeepStrictEqual } from 'node:util'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const isObject = (its: Json | undefined): its is Record<string, Json> =>
  typeof its === 'object' && its !== null && !Array.isArray(its)

/**
 * Both as JSON Schema. What is new may be there or not: older readers pass over it, and newer ones do without. Anything
 * else is another form: [] is the answer where there is none.
 */
export function whyOtherShape(before: Json, now: Json, path = ''): string[] {
  if (!isObject(before) || !isObject(now))
    return isDeepStrictEqual(before, now) ? [] : [`${path || 'it'} is another`]
  const { properties: oldOnes, required: oldNeeds, ...oldRest } = before
  const { properties: newOnes, required: newNeeds, ...newRest } = now
  if (!isObject(oldOnes) || !isObject(newOnes)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    return keys.flatMap((key) => inside(before[key], now[key], `${path}/${key}`))
  }
  return [
    ...whyOtherShape(oldRest, newRest, path),
    ...Object.entries(oldOnes).flatMap(([name, its]) => {
      const here = `${path}.${name}`
      const isNeeded = [oldNeeds, newNeeds].map((needs) => Array.isArray(needs) && needs.includes(name))
      return [
        ...(name in newOnes ? whyOtherShape(its, newOnes[name] ?? null, here) : [`${here} is gone`]),
        ...(name in newOnes && isNeeded[0] !== isNeeded[1] ? [`${here} is needed on one side only`] : []),
      ]
    }),
    ...(Array.isArray(newNeeds) ? newNeeds : []).flatMap((name) =>
      typeof name === 'string' && !(name in oldOnes) ? [`${path}.${name} is new, and needed`] : [],
    ),
  ]
}

/** Lists (of alternatives, of parts) are compared place by place. */
function inside(before: Json | undefined, now: Json | undefined, path: string): string[] {
  if (before === undefined || now === undefined) return [`${path} is ${now === undefined ? 'gone' : 'new'}`]
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length)
    return before.flatMap((its, i) => whyOtherShape(its, now[i] ?? null, `${path}/${i}`))
  return whyOtherShape(before, now, path)
}
