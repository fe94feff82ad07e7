/** Shows the sign-in or the control room, and gives the room what it reaches the gateway by. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useMemo } from 'react'
import { makeUrnaClient } from '../../contracts/client.ts'
import { makeAsk } from './gateway/ask.ts'
import { CommandsProvider } from './gateway/commands.ts'
import { makeStreams } from '../../contracts/streams.graphql-sse.ts'
import { makeServerClock } from '../../vote-ui/src/connection/server-clock.ts'
import { NoticesProvider } from './notices/notices.tsx'
import { Room } from './room/room.tsx'
import type { Session } from './sign-in/session.ts'
import { SignIn } from './sign-in/sign-in.tsx'
import { useSession, type SessionDoor } from './sign-in/use-session.ts'

export function App({ start }: { start: Session }) {
  const door = useSession(start)
  const { session } = door
  if (session.at === 'out')
    return <SignIn state={{ at: 'asking', fault: session.fault }} onToken={door.offer} />
  // Another token is another desk: nothing of the last one stays.
  return <Desk key={session.token} token={session.token} isNew={session.at === 'checking'} door={door} />
}

// A command that finds no answer within this time has failed for the person who waits for it.
const answerWithinMs = 15_000

function openDesk(token: string) {
  const url = new URL('/graphql', location.origin).href
  const clock = makeServerClock()
  return {
    clock,
    streams: makeStreams({ url, headers: { authorization: `Bearer ${token}` }, onDate: clock.learn }),
    ask: makeAsk({ url, token }),
    client: makeUrnaClient({
      trpcUrl: new URL('/trpc', location.origin).href,
      adminToken: token,
      fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(answerWithinMs) }),
    }).trpc,
    // Commands are never held back for a browser that thinks it is offline: the person is told at once.
    queries: new QueryClient({ defaultOptions: { mutations: { networkMode: 'always', retry: false } } }),
  }
}

function Desk({ token, isNew, door }: { token: string; isNew: boolean; door: SessionDoor }) {
  const { clock, streams, ask, client, queries } = useMemo(() => openDesk(token), [token])
  return (
    <QueryClientProvider client={queries}>
      <CommandsProvider trpcClient={client} queryClient={queries}>
        <NoticesProvider>
          <Room
            streams={streams}
            ask={ask}
            clock={clock}
            isNew={isNew}
            onAdmitted={door.admit}
            onRefused={door.refuse}
            onLeave={door.leave}
          />
        </NoticesProvider>
      </CommandsProvider>
    </QueryClientProvider>
  )
}
