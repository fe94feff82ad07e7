/** FZ: when two shapes are one form, and when they are two. */
import { expect, it } from 'vitest'
import { z } from 'zod'
import { whyOtherShape } from './why-other-shape.ts'

const shape = z.object({ id: z.string(), size: z.int(), mark: z.string().optional() })
const schema = (its: z.ZodType) => z.json().parse(z.toJSONSchema(its, { io: 'input' }))
const against = (its: z.ZodType) => whyOtherShape(schema(shape), schema(its))

it('FZ1 a shape that only gained what a reader can do without is the same form', () => {
  expect(against(shape)).toEqual([])
  expect(against(shape.extend({ colour: z.string().optional() }))).toEqual([])
  expect(against(shape.extend({ colour: z.object({ name: z.string() }).optional() }))).toEqual([])
})

it('FZ2 whatever an older or a newer reader would stumble over is another form', () => {
  expect(against(shape.omit({ size: true }))).toEqual(['.size is gone'])
  expect(against(shape.omit({ mark: true }))).toEqual(['.mark is gone'])
  expect(against(shape.extend({ size: z.string() }))).not.toEqual([])
  expect(against(shape.extend({ size: z.int().max(5) }))).not.toEqual([])
  expect(against(shape.partial({ size: true }))).toEqual(['.size is needed on one side only'])
  expect(against(shape.required())).toEqual(['.mark is needed on one side only'])
  expect(against(shape.extend({ colour: z.string() }))).toEqual(['.colour is new, and needed'])
  expect(against(z.strictObject(shape.shape))).not.toEqual([])
  expect(against(shape.extend({ id: z.enum(['a', 'b']) }))).not.toEqual([])
})

it('FZ3 the same holds inside lists and alternatives', () => {
  const list = (its: z.ZodType) => schema(z.array(z.union([its, z.null()])))
  expect(whyOtherShape(list(shape), list(shape.extend({ mark2: z.string().optional() })))).toEqual([])
  expect(whyOtherShape(list(shape), list(shape.extend({ mark2: z.string() })))).toHaveLength(1)
  expect(whyOtherShape(list(shape), list(shape.omit({ id: true })))).toHaveLength(1)
  const one = z.enum(['live', 'embargo'])
  expect(whyOtherShape(schema(one), schema(z.enum(['live', 'embargo', 'never'])))).not.toEqual([])
})
