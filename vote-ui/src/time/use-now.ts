/** The server's time as something that a component can watch pass. */
import { useEffect, useState } from 'react'
import type { ServerClock } from '../connection/server-clock.ts'

export function useNow(clock: Pick<ServerClock, 'now'>, everyMs: number): number {
  const [now, setNow] = useState(() => clock.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(clock.now()), everyMs)
    return () => clearInterval(timer)
  }, [clock, everyMs])
  return now
}
