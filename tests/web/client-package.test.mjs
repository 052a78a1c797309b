import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const web = fileURLToPath(new URL('../../web/', import.meta.url))
const typeTest = fileURLToPath(new URL('./client/types.tsx', import.meta.url))
const bin = join(web, 'node_modules/.bin')

/** Every global of a browser that the library uses; a server that renders pages has none. */
const GLOBALS = [
  'document',
  'window',
  'location',
  'navigator',
  'EventSource',
  'fetch',
  'crypto',
  'addEventListener',
]

/** A project that has the package installed, as npm packs it. */
let project = ''

before(async () => {
  project = await mkdtemp(join(tmpdir(), 'thread-relay-'))
  const modules = join(project, 'node_modules')
  await exec('npm', ['pack', '--silent', '--pack-destination', project], { cwd: web })
  await exec('tar', ['-xzf', 'thread-relay-0.1.0.tgz'], { cwd: project })
  await mkdir(join(modules, '@types'), { recursive: true })
  await cp(join(project, 'package'), join(modules, 'thread-relay'), { recursive: true })
  for (const name of ['@types/react', '@types/node', 'csstype', 'undici-types']) {
    await symlink(join(web, 'node_modules', name), join(modules, name))
  }
})

after(() => rm(project, { recursive: true }))

test('importing the package and making a relay touch no global', async () => {
  const program = `
    for (const name of ${JSON.stringify(GLOBALS)}) {
      Object.defineProperty(globalThis, name, { get() { throw new Error('touched ' + name) } })
    }
    const { createRelay, loadThread, reduce, RelayError } = await import('thread-relay')
    const reducer = await import('thread-relay/reducer')
    createRelay({ url: 'http://relay.example' })
    console.log(typeof loadThread, typeof RelayError, reducer.reduce === reduce)
  `

  const { stdout } = await exec(process.execPath, ['--input-type=module', '-e', program], {
    cwd: project,
  })

  assert.equal(stdout.trim(), 'function function true')
})

test('a page in TypeScript finds the types in the package', async () => {
  const source = (await readFile(typeTest, 'utf8')).replace('../../../web/index.js', 'thread-relay')
  await writeFile(join(project, 'page.tsx'), source)
  const strict = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--jsx',
    'react-jsx',
    '--exactOptionalPropertyTypes',
  ]

  const checked = exec(join(bin, 'tsc'), [...strict, '--module', 'nodenext', 'page.tsx'], {
    cwd: project,
  })

  await assert.doesNotReject(checked)
})

test('who takes only the reducer bundles nothing else', async () => {
  await writeFile(
    join(project, 'small.js'),
    "import { reduce } from 'thread-relay'\nconsole.log(reduce)\n",
  )

  const { stdout } = await exec(join(bin, 'esbuild'), ['--bundle', '--format=esm', 'small.js'], {
    cwd: project,
  })

  assert.match(stdout, /thread\.message\.delta/)
  assert.doesNotMatch(stdout, /Idempotency-Key|last_event_id/)
})

test('nothing but the library and its licence is in the package', async () => {
  const { stdout } = await exec('tar', ['-tzf', 'thread-relay-0.1.0.tgz'], { cwd: project })

  const parts = new Set(
    stdout
      .trim()
      .split('\n')
      .map((path) => path.split('/')[1]),
  )
  const library = ['index.js', 'client', 'reducer', 'types']
  assert.deepEqual([...parts].sort(), ['LICENSE', 'README.md', 'package.json', ...library].sort())
})
