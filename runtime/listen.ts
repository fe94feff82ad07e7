/** Binds an HTTP server to its address, or says in one line why it cannot. */
import type { Server } from 'node:http'

// A crowd that comes back at once waits in the kernel's queue; at Node's 511 it would be turned away and come a second
// later. The kernel takes the lower of this and net.core.somaxconn, which is 4,096 on Linux.
const backlog = 4_096

/** Answers the port, which the system chose when 0 was asked for. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => reject(new Error(whyNot(error, host, port)))
    server.once('error', refused)
    server.listen({ port, host, backlog }, () => {
      server.off('error', refused)
      resolve()
    })
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

function whyNot(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken: stop what uses it, or choose another with PORT.`
    case 'EACCES':
      return `Port ${port} on ${host} is not ours to open: choose one above 1023 with PORT.`
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${host}: choose another with HOST.`
    default:
      return `Cannot listen on ${host}:${port}: ${error.message}`
  }
}
