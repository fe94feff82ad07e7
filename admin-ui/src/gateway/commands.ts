/** The typed commands of the gateway, for every screen below the provider. */
import { createTRPCContext } from '@trpc/tanstack-react-query'
import type { AppRouter } from '../../../gateway/api/trpc/router.ts'

export const { TRPCProvider: CommandsProvider, useTRPC: useCommands } = createTRPCContext<AppRouter>()
