/** Runs a process as a container has it: a file system of layers, addresses, memory, user and environment of its own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'

export interface Sandbox {
  /** Its own folder: what it writes, its log. */
  readonly folder: string
  /** Folders laid over this machine's own file system, the uppermost first. */
  readonly layers: readonly string[]
  /** What it writes goes here; by default into its own folder. */
  readonly upper?: string
  readonly mounts?: readonly { readonly from: string; readonly to: string; readonly isReadOnly: boolean }[]
  /** What is only this machine's is out of sight here. */
  readonly hidden?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly isReadOnly?: boolean
  readonly user: { readonly uid: number; readonly gid: number }
  readonly environment: Readonly<Record<string, string>>
  readonly workdir: string
  readonly command: readonly string[]
  /** Absent: it has the network of whoever starts it. */
  readonly network?: { readonly links: readonly Link[]; readonly hosts: string }
  readonly memoryMb?: number
}
export interface Link {
  readonly bridge: string
  /** With its prefix, such as 10.77.1.10/24. */
  readonly address: string
}
export interface Running {
  readonly child: ChildProcess
  readonly end: Promise<number>
  readonly log: () => string
  /** Runs a command beside it, with its user and environment; resolves to its exit code. */
  readonly exec: (command: readonly string[]) => Promise<number>
  /** Highest use of memory and its anonymous part now, in MB; null where the kernel does not tell. */
  readonly memory: () => { readonly peakMb: number; readonly rssMb: number } | null
  readonly forget: () => void
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const memoryGroups = '/sys/fs/cgroup/memory'
let links = 0

export async function startSandbox(name: string, its: Sandbox): Promise<Running> {
  const { folder } = its
  const root = join(folder, 'root')
  const upper = its.upper ?? join(folder, 'upper')
  for (const each of [root, upper, join(folder, 'work')]) mkdirSync(each, { recursive: true })
  const group = its.memoryMb === undefined ? null : makeMemoryGroup(folder, its.memoryMb)
  const as = ['setpriv', `--reuid=${its.user.uid}`, `--regid=${its.user.gid}`, '--clear-groups', '--']
  const variables = Object.entries({ PATH: path, HOSTNAME: name, HOME: '/', ...its.environment })
  const within = ['env', '-i', '-C', its.workdir, ...variables.map(([key, value]) => `${key}=${value}`)]

  const overlay = `lowerdir=${[...its.layers, '/'].join(':')},upperdir=${upper},workdir=${folder}/work`
  const lines = [
    'set -e',
    ...(its.network === undefined ? [] : [`echo ${name} > /proc/sys/kernel/hostname`]),
    ...(group === null ? [] : [`echo $$ > ${group}/cgroup.procs`]),
    `mount -t overlay overlay -o ${quoted(overlay)} ${root}`,
    ...['proc', 'sys', 'dev'].map((each) => `mount --rbind /${each} ${root}/${each}`),
    ...(its.mounts ?? []).flatMap(({ from, to, isReadOnly }) => [
      // What a mount is laid on must be there.
      `[ -d ${from} ] && mkdir -p ${root}${to} || { mkdir -p $(dirname ${root}${to}); touch ${root}${to}; }`,
      `mount --bind ${from} ${root}${to}`,
      ...(isReadOnly ? [`mount -o remount,ro,bind ${root}${to}`] : []),
    ]),
    ...(its.network === undefined ? [] : [`printf '%s' ${quoted(its.network.hosts)} > ${root}/etc/hosts`]),
    ...(its.isReadOnly === true ? [`mount -o remount,ro ${root}`] : []),
    ...(its.hidden ?? []).map((to) => `mount -t tmpfs -o ro,mode=1777 tmpfs ${root}${to}`),
    ...(its.tmpfs ?? []).map((to) => `mount -t tmpfs -o mode=1777 tmpfs ${root}${to}`),
    'echo here',
    'read -r go',
    ...(its.network === undefined ? [] : ['ip link set lo up']),
    `exec chroot ${root} ${[...as, ...within, ...its.command].map(quoted).join(' ')}`,
  ]
  const script = join(folder, 'start.sh')
  writeFileSync(script, lines.map((line) => `${line}\n`).join(''), { mode: 0o700 })

  const logFile = join(folder, 'log')
  const log = openSync(logFile, 'a')
  const apart = [
    '--mount',
    '--propagation',
    'private',
    ...(its.network === undefined ? [] : ['--net', '--uts']),
  ]
  const child = spawn('unshare', [...apart, 'sh', script], { stdio: ['pipe', 'pipe', log] })
  closeSync(log)
  const end = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)))
    child.once('error', () => resolve(127))
  })
  const out = openSync(logFile, 'a')
  let isHere = false
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (bytes: Buffer) => {
      // The first line is the script's own: the namespaces stand.
      if (isHere) return writeFileSync(out, bytes)
      isHere = true
      writeFileSync(out, bytes.subarray('here\n'.length))
      resolve()
    })
    void end.then((code) => reject(new Error(`${name} ended with ${code}: ${readFileSync(logFile, 'utf8')}`)))
  })
  const pid = child.pid ?? 0
  for (const [i, { bridge, address }] of (its.network?.links ?? []).entries()) {
    const here = `v${++links}`
    run('ip', 'link', 'add', here, 'type', 'veth', 'peer', 'name', `eth${i}`, 'netns', String(pid))
    run('ip', 'link', 'set', here, 'master', bridge, 'up')
    run('nsenter', '-t', String(pid), '-n', 'ip', 'addr', 'add', address, 'dev', `eth${i}`)
    run('nsenter', '-t', String(pid), '-n', 'ip', 'link', 'set', `eth${i}`, 'up')
  }
  child.stdin?.end('go\n')

  return {
    child,
    end,
    log: () => readFileSync(logFile, 'utf8'),
    async exec(command) {
      const beside = spawn('nsenter', ['-t', String(pid), '-m', '-n', '-r', ...as, ...within, ...command])
      const [code] = (await once(beside, 'exit')) as [number | null]
      return code ?? 1
    },
    memory() {
      if (group === null) return null
      const number = (text: string) => Math.round(Number(text) / 1_048_576)
      const stat = readFileSync(join(group, 'memory.stat'), 'utf8')
      return {
        peakMb: number(readFileSync(join(group, 'memory.max_usage_in_bytes'), 'utf8')),
        rssMb: number(/^total_rss (\d+)/m.exec(stat)?.[1] ?? '0'),
      }
    },
    forget() {
      closeSync(out)
      if (group !== null) rmdirSync(group)
    },
  }
}

/** A limit of memory as Docker sets it, without swap; null where the kernel has no such groups for us. */
function makeMemoryGroup(folder: string, memoryMb: number): string | null {
  if (!existsSync(join(memoryGroups, 'memory.limit_in_bytes'))) return null
  const group = join(memoryGroups, folder.slice(1).replaceAll('/', '-'))
  mkdirSync(group, { recursive: true })
  for (const file of ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'])
    if (existsSync(join(group, file))) writeFileSync(join(group, file), `${memoryMb}m`)
  return group
}

export function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
