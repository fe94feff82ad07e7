/** The device's memory: localStorage where it works, else memory for as long as the page lives. */
import type { ClientStorage } from './client-storage.ts'

/** A private window or a full disk throws on any access, at any time: each access has its own net. */
export function deviceStorage(open: () => ClientStorage = () => localStorage): ClientStorage {
  const memory = new Map<string, string>()
  const attempt = <T>(deed: (storage: ClientStorage) => T, otherwise: () => T): T => {
    try {
      return deed(open())
    } catch {
      return otherwise()
    }
  }
  return {
    // What memory holds is newer: it is there because the device refused it.
    getItem: (key) =>
      memory.get(key) ??
      attempt(
        (storage) => storage.getItem(key),
        () => null,
      ),
    setItem(key, value) {
      memory.delete(key)
      attempt(
        (storage) => storage.setItem(key, value),
        () => void memory.set(key, value),
      )
    },
    removeItem(key) {
      memory.delete(key)
      attempt(
        (storage) => storage.removeItem(key),
        () => undefined,
      )
    },
  }
}
