import assert from 'node:assert/strict'
import { refusal } from './client/fake-relay.mjs'
import { promise } from './client/page.mjs'

/** @typedef {import('./client/fake-relay.mjs').FakeRelay} FakeRelay */

/** @param {FakeRelay} relay */
function submitted(relay) {
  return relay.requests('POST', /submit_tool_outputs/).map(({ body }) => body.tool_outputs)
}

promise(
  'functions of the page answer a run, all at once, and it goes on',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const tools = {
      weather: async (/** @type {{city: string}} */ { city }) => ({ city, degrees: 7 }),
      time: () => 'noon',
    }
    const { loadThread, run } = relay.client({ tools })
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    const pending = run('thread_1', 'plain', page.set)
    await page.until(() => page.runs.length)

    const weather = { id: 'call_1', name: 'weather', arguments: '{"city":"Kyiv"}' }
    thread.requireAction('run_1', weather, { id: 'call_2', name: 'time', arguments: '' })
    await page.until(() => submitted(relay).length && page.runs[0].status === 'in_progress')
    thread.endRun('run_1')

    assert.equal((await pending).status, 'completed')
    assert.deepEqual(submitted(relay), [
      [
        { tool_call_id: 'call_1', output: '{"city":"Kyiv","degrees":7}' },
        { tool_call_id: 'call_2', output: 'noon' },
      ],
    ])
  },
)

promise('a run may ask again and again', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  /** @type {number[]} */
  const asked = []
  const tools = { count: (/** @type {number} */ number) => asked.push(number) }
  const { loadThread, run } = relay.client({ tools })
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs.length)

  for (const number of [1, 2, 3]) {
    thread.requireAction('run_1', { id: `call_${number}`, name: 'count', arguments: `${number}` })
    await relay.arrival('POST', /submit_tool_outputs/)
    await page.until(() => page.runs[0].status === 'in_progress')
  }
  thread.endRun('run_1')
  await pending

  assert.deepEqual(asked, [1, 2, 3])
})

promise(
  'what a function throws, and arguments that are no JSON, are answered as errors',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const tools = {
      broken: () => {
        throw new Error('out of order')
      },
      strict: () => 'never called',
      silent: () => {},
    }
    const { loadThread, run } = relay.client({ tools })
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    const pending = run('thread_1', 'plain', page.set)
    await page.until(() => page.runs.length)

    const strict = { id: 'call_2', name: 'strict', arguments: '{"city' }
    thread.requireAction('run_1', { id: 'call_1', name: 'broken' }, strict, {
      id: 'call_3',
      name: 'silent',
    })
    await page.until(() => submitted(relay).length && page.runs[0].status === 'in_progress')
    thread.endRun('run_1')
    await pending

    const [broken, invalid, silent] = submitted(relay)[0]
    assert.deepEqual(JSON.parse(broken.output), { error: 'out of order' })
    assert.match(JSON.parse(invalid.output).error, /JSON/)
    assert.equal(silent.output, 'null')
  },
)

promise(
  'a call that the page has no function for is left to be answered by hand',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread, run, submitToolOutputs } = relay.client({
      tools: { known: () => 'by itself' },
    })
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    const pending = run('thread_1', 'plain', page.set)
    await page.until(() => page.runs.length)

    thread.requireAction(
      'run_1',
      { id: 'call_1', name: 'known' },
      { id: 'call_2', name: 'toString' },
    )
    const asking = await pending
    assert.equal(asking.status, 'requires_action')
    assert.deepEqual(submitted(relay), [])
    const going = submitToolOutputs('thread_1', 'run_1', [
      { tool_call_id: 'call_2', output: 'by hand' },
    ])
    await page.until(() => submitted(relay).length && page.runs[0].status === 'in_progress')
    thread.endRun('run_1')

    assert.equal((await going).status, 'completed')
    const outputs = submitted(relay)[0].map((/** @type {{output: string}} */ { output }) => output)
    assert.deepEqual(outputs, ['by hand', 'by itself'])
  },
)

promise(
  'a page that did not start a run leaves its calls alone',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    let called = 0
    const { loadThread, addMessage } = relay.client({ tools: { count: () => (called += 1) } })
    const { id } = thread.startRun({ assistant_id: 'plain' })
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })

    thread.requireAction(id, { id: 'call_1', name: 'count' })
    await page.until(() => page.runs[0].status === 'requires_action')
    await addMessage('thread_1', 'hello', page.set)

    assert.equal(called, 0)
    assert.deepEqual(submitted(relay), [])
  },
)

promise(
  'a run that ends while a function is still at work resolves',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const never = () => new Promise(() => {})
    const { loadThread, run } = relay.client({ tools: { never } })
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    const pending = run('thread_1', 'plain', page.set)
    await page.until(() => page.runs.length)

    thread.requireAction('run_1', { id: 'call_1', name: 'never' })
    await page.until(() => page.runs[0].status === 'requires_action')
    thread.endRun('run_1', 'expired')

    assert.equal((await pending).status, 'expired')
  },
)

promise('outputs that come too late do not fail the run', async ({ relay, page, signal }) => {
  const thread = relay.thread()
  const { loadThread, run } = relay.client({ tools: { known: () => 'too late' } })
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs.length)
  relay.once('POST', /submit_tool_outputs/, refusal(409, 'conflict'))

  thread.requireAction('run_1', { id: 'call_1', name: 'known' })
  await relay.arrival('POST', /submit_tool_outputs/)
  thread.endRun('run_1', 'cancelled')

  assert.equal((await pending).status, 'cancelled')
})

promise(
  'of several runs one that waits for an answer by hand does not end the wait for all',
  async ({ relay, page, signal }) => {
    const thread = relay.thread()
    const { loadThread, addMessageAndRuns, submitToolOutputs } = relay.client()
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    const pending = addMessageAndRuns('thread_1', 'hello', ['a', 'b'], page.set)
    await page.until(() => page.runs.length === 2)
    const [first = '', second = ''] = thread.runs.keys()

    thread.requireAction(first, { id: 'call_1', name: 'unknown' })
    await page.until(() => page.runs.some(({ status }) => status === 'requires_action'))
    const going = submitToolOutputs('thread_1', first, [
      { tool_call_id: 'call_1', output: 'by hand' },
    ])
    await page.until(() => page.runs.some(({ status }) => status === 'in_progress'))
    thread.endRun(first)
    await going
    thread.setRun(second, { status: 'in_progress' })
    thread.endRun(second)

    assert.deepEqual(
      (await pending).map(({ status }) => status),
      ['completed', 'completed'],
    )
  },
)

promise('a run of another page stays that page’s, though it is answered here', async (given) => {
  const { relay, page, signal } = given
  const thread = relay.thread()
  let called = 0
  const tools = { count: () => (called += 1) }
  const { loadThread, submitToolOutputs } = relay.client({ tools })
  const { id } = thread.startRun({ assistant_id: 'plain' })
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  thread.requireAction(id, { id: 'call_1', name: 'unknown' })
  await page.until(() => page.runs[0].status === 'requires_action')

  const going = submitToolOutputs('thread_1', id, [{ tool_call_id: 'call_1', output: 'by hand' }])
  await page.until(() => page.runs[0].status === 'in_progress')
  thread.requireAction(id, { id: 'call_2', name: 'count' })

  assert.equal((await going).status, 'requires_action')
  assert.equal(called, 0)
})

promise('what a function gives that is no JSON is answered as null', async (given) => {
  const { relay, page, signal } = given
  const thread = relay.thread()
  const tools = { nothing: () => undefined, method: () => () => 1, symbol: () => Symbol('one') }
  const { loadThread, run } = relay.client({ tools })
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs.length)

  const calls = Object.keys(tools).map((name) => ({ id: name, name }))
  thread.requireAction('run_1', ...calls)
  const { body } = await relay.arrival('POST', /submit_tool_outputs/)
  thread.endRun('run_1')
  await pending

  assert.deepEqual(
    body.tool_outputs.map((/** @type {any} */ { output }) => output),
    ['null', 'null', 'null'],
  )
})

promise('of several runs the first is attended though another is refused', async (given) => {
  const { relay, page, signal } = given
  const thread = relay.thread()
  const { loadThread, addMessageAndRuns } = relay.client({ tools: { known: () => 'done' } })
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  let refuse = () => {}
  const isRefused = new Promise((resolve) => (refuse = () => resolve(undefined)))
  relay.rules.push(async ({ body }) => {
    if (body?.assistant_id !== 'b') return undefined
    await isRefused
    return refusal(404, 'not_found')
  })
  const pending = addMessageAndRuns('thread_1', 'hello', ['a', 'b'], page.set)
  const rejected = assert.rejects(pending, { name: 'RelayError', status: 404 })
  await page.until(() => page.runs.length)

  for (const id of ['call_1', 'call_2']) {
    const answered = relay.arrival('POST', /submit_tool_outputs/)
    thread.requireAction('run_1', { id, name: 'known' })
    await answered
    refuse()
    await page.until(() => page.runs[0]?.status === 'in_progress')
  }
  thread.endRun('run_1')

  await rejected
})

promise('an output that came too late is not kept for another run', async (given) => {
  const { relay, page, signal } = given
  const thread = relay.thread()
  let called = 0
  const { loadThread, run } = relay.client({ tools: { count: () => (called += 1) } })
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  relay.once('POST', /submit_tool_outputs/, refusal(409, 'conflict'))

  for (const id of ['run_1', 'run_2']) {
    const pending = run('thread_1', 'plain', page.set)
    await page.until(() => page.runs[0]?.id === id)
    const answered = relay.arrival('POST', /submit_tool_outputs/)
    thread.requireAction(id, { id: 'call_1', name: 'count' })
    await answered
    thread.endRun(id)
    await pending
  }

  assert.equal(called, 2)
})
