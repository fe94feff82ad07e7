/** `npm run pack:client`: makes the typed client a package that can be installed anywhere, urna-client-VERSION.tgz. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import ts from 'typescript'
import { build } from 'vite'
import { runTool } from './child.ts'
import { makeTempFolder, removeTempFolder } from './temp-folder.ts'
import { lineFor, Trouble } from './trouble.ts'

const checkout = dirname(import.meta.dirname)
const source = join(checkout, 'contracts/client')
const contracts = join(checkout, 'contracts')

// Node 18 has it, but not as a global.
const cryptoOf18 =
  "import { webcrypto } from 'node:crypto';\nif (globalThis.crypto === undefined) globalThis.crypto = webcrypto;"

/**
 * Everything it needs lies in it: its libraries would bring a server and a compiler into the house of whoever installs it
 * (peers of tRPC's client), and another zod than theirs. Resolves to the file.
 */
export async function packClient(into: string): Promise<string> {
  const folder = makeTempFolder('urna-client-')
  try {
    const bundled = new Set([
      ...(await bundle('node', ['index', 'file-storage'], join(folder, 'node'))),
      ...(await bundle('browser', ['index'], join(folder, 'browser'))),
    ])
    declare(['index', 'file-storage'], join(folder, 'types'))
    writeFileSync(join(folder, 'LICENSES-OF-OTHERS.md'), licences([...bundled].sort()))
    for (const name of ['package.json', 'README.md']) copyFileSync(join(source, name), join(folder, name))
    copyFileSync(join(checkout, 'LICENSE'), join(folder, 'LICENSE'))
    copyFileSync(join(contracts, 'schema.graphql'), join(folder, 'schema.graphql'))
    mkdirSync(into, { recursive: true })
    const args = ['pack', '--silent', '--pack-destination', into]
    const printed = await runTool({ command: 'npm', args, cwd: folder })
    return join(into, printed.trim().split('\n').at(-1) ?? '')
  } finally {
    removeTempFolder(folder)
  }
}

/** Bundles the entries with all that they import; answers which packages are in it. */
async function bundle(platform: 'node' | 'browser', entries: string[], outDir: string): Promise<string[]> {
  const input = Object.fromEntries(entries.map((name) => [name, join(source, `${name}.ts`)]))
  const packages = new Set<string>()
  await build({
    ...{ root: checkout, configFile: false, logLevel: 'warn', publicDir: false },
    resolve: {
      conditions: platform === 'node' ? ['node', 'module', 'import'] : ['browser', 'module', 'import'],
    },
    ssr: { noExternal: true, target: 'node' },
    build: {
      ...{ ssr: platform === 'node', outDir, emptyOutDir: true, target: 'es2022', minify: false },
      lib: { entry: input, formats: ['es'] },
      rolldownOptions: {
        external: /^node:/,
        output: { entryFileNames: '[name].js', ...(platform === 'node' && { banner: cryptoOf18 }) },
      },
    },
    plugins: [
      {
        name: 'remember-packages',
        generateBundle(_, files) {
          for (const file of Object.values(files))
            for (const id of file.type === 'chunk' ? file.moduleIds : []) {
              const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id) ?? []
              if (name !== undefined) packages.add(name)
            }
        },
      },
    ],
  })
  return [...packages]
}

/** Writes the declarations that the entries lead to. */
function declare(entries: string[], outDir: string): void {
  const config = ts.readConfigFile(join(checkout, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, checkout)
  const roots = entries.map((name) => join(source, `${name}.ts`))
  const program = ts.createProgram(roots, {
    ...{ ...options, noEmit: false, declaration: true, emitDeclarationOnly: true },
    ...{ rootDir: contracts, outDir },
  })
  const seen = new Set<string>()
  const follow = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    if (!path.startsWith(contracts + sep))
      throw new Trouble(`The client's types lead out of contracts/, to ${relative(checkout, path)}.`)
    program.emit(
      program.getSourceFile(path),
      (_, text) => {
        const name = relative(contracts, path).replace(/\.ts$/, '.d.ts')
        mkdirSync(dirname(join(outDir, name)), { recursive: true })
        writeFileSync(join(outDir, name), text.replaceAll(/(from ['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'))
        for (const [, its = ''] of text.matchAll(/from ['"]([^'"]+)['"]/g)) {
          if (!its.startsWith('.')) throw new Trouble(`The client's types need ${its}: in ${name}.`)
          follow(resolve(dirname(path), its))
        }
      },
      undefined,
      true,
    )
  }
  for (const root of roots) follow(root)
}

function licences(packages: string[]): string {
  const texts = packages.map((name) => {
    const folder = join(checkout, 'node_modules', name)
    const file = ['LICENSE', 'LICENSE.md'].find((its) => ts.sys.fileExists(join(folder, its)))
    if (file === undefined) throw new Trouble(`${name} has no licence that could go with it.`)
    return `## ${name}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  })
  return `# What is bundled in @urna/client, and its licences\n\n${texts.join('\n')}`
}

if (import.meta.main) {
  try {
    const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist' } } })
    console.log(relative(process.cwd(), await packClient(resolve(values.out))))
  } catch (fault) {
    console.error(lineFor(fault))
    process.exitCode = 1
  }
}
