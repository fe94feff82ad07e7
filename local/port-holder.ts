/** Finds out which process listens on a port, so that the line about a taken port can name it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

export interface PortHolder {
  readonly pid: number
  readonly name: string
}

/** Null where nobody listens, or where the holder belongs to another user and the kernel does not show it. */
export function portHolder(port: number): PortHolder | null {
  const inodes = new Set([
    ...listeningInodes('/proc/net/tcp', port),
    ...listeningInodes('/proc/net/tcp6', port),
  ])
  if (inodes.size === 0) return null
  for (const pid of orEmpty(() => readdirSync('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    for (const fd of orEmpty(() => readdirSync(`/proc/${pid}/fd`))) {
      const [target = ''] = orEmpty(() => [readlinkSync(`/proc/${pid}/fd/${fd}`)])
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
      if (inode === undefined || !inodes.has(inode)) continue
      return { pid: Number(pid), name: nameOf(pid) }
    }
  }
  return null
}

// The command and its script, such as `node gateway/main.ts`; not its options, which may hold secrets.
function nameOf(pid: string): string {
  const [line = ''] = orEmpty(() => [readFileSync(`/proc/${pid}/cmdline`, 'utf8')])
  const [command = '', ...args] = line.split('\0')
  const script = args.find((arg) => /\.[mc]?[jt]s$/.test(arg))
  return [basename(command) || 'unknown', ...(script === undefined ? [] : [script])].join(' ')
}

/** In words, to go after "port 3000 is taken". */
export function holderInWords(port: number): string {
  const holder = portHolder(port)
  return holder === null ? 'by a process of another user' : `by process ${holder.pid} (${holder.name})`
}

// Columns: sl, local address, remote address, state (0A is LISTEN), queues, timer, retransmits, uid, timeout, inode.
function listeningInodes(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  const [text = ''] = orEmpty(() => [readFileSync(table, 'utf8')])
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${hexPort}`) && columns[3] === '0A')
    .flatMap((columns) => columns[9] ?? [])
}

// Processes come and go while we look: what vanished holds no port.
function orEmpty(read: () => string[]): string[] {
  try {
    return read()
  } catch {
    return []
  }
}
