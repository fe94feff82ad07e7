/** The rules of the device's memory. */
import { expect, test } from 'vitest'
import { deviceStorage } from './device-storage.ts'

test('U30 a device that refuses storage is replaced by memory', () => {
  const storage = deviceStorage(() => {
    throw new Error('private window')
  })
  storage.setItem('a', '1')
  expect(storage.getItem('a')).toBe('1')
  storage.removeItem('a')
  expect(storage.getItem('a')).toBeNull()
})

test('U31 a device that is full keeps the newest in memory', () => {
  const kept = new Map([['a', 'old']])
  const storage = deviceStorage(() => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem() {
      throw new Error('full')
    },
    removeItem: (key) => void kept.delete(key),
  }))
  storage.setItem('a', 'new')
  expect(storage.getItem('a')).toBe('new')
})
