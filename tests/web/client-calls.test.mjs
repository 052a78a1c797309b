import assert from 'node:assert/strict'
import { promise } from './client/page.mjs'

/**
 * What a run of the `responses` upstream asks for, beside functions.
 *
 * @param {string} id
 * @param {string} type
 * @param {object} details
 */
function call(id, type, details) {
  return { id, type, [type]: { id: `item_${id}`, type, call_id: id, ...details } }
}

promise('a custom tool is called with the text as it stands', async (given) => {
  const { relay, page, signal } = given
  const thread = relay.thread()
  /** @type {unknown[]} */
  const heard = []
  const tools = { sql: (/** @type {string} */ input) => heard.push(input) && 'two rows' }
  const { loadThread, run } = relay.client({ tools })
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs.length)

  const input = '{"no": "JSON to be read"}'
  thread.askFor('run_1', call('call_1', 'custom_tool_call', { name: 'sql', input }))
  const { body } = await relay.arrival('POST', /submit_tool_outputs/)
  thread.endRun('run_1')
  await pending

  assert.deepEqual(heard, [input])
  assert.deepEqual(body.tool_outputs, [{ tool_call_id: 'call_1', output: 'two rows' }])
})

const FOR_PEOPLE = [
  call('mcpr_1', 'mcp_approval_request', { name: 'known', arguments: '{}', server_label: 'files' }),
  call('call_1', 'shell_call', { name: 'known', action: { commands: ['ls'] } }),
  call('call_1', 'of_a_kind_nobody_knows', { name: 'known', input: '' }),
  call('call_1', '__proto__', {}),
]

for (const asked of FOR_PEOPLE) {
  const name = `what is no function and no custom tool is left to a person: ${asked.type}`
  promise(name, async (given) => {
    const { relay, page, signal } = given
    const thread = relay.thread()
    const known = () => assert.fail('it must not be called')
    const tools = { known, undefined: known, mcp_approval_request: known, shell_call: known }
    const { loadThread, run, submitToolOutputs } = relay.client({ tools })
    await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
    const pending = run('thread_1', 'plain', page.set)
    await page.until(() => page.runs.length)

    thread.askFor('run_1', asked)
    const asking = await pending
    const before = relay.requests('POST', /submit_tool_outputs/).length
    const going = submitToolOutputs('thread_1', 'run_1', [
      { tool_call_id: asked.id, output: 'true' },
    ])
    await relay.arrival('POST', /submit_tool_outputs/)
    thread.endRun('run_1')

    assert.equal(asking.status, 'requires_action')
    assert.equal(before, 0)
    assert.equal((await going).status, 'completed')
  })
}

promise('a function and a custom tool beside an approval wait for it', async (given) => {
  const { relay, page, signal } = given
  const thread = relay.thread()
  const tools = {
    add: (/** @type {number[]} */ [one = 0, other = 0]) => one + other,
    echo: (/** @type {string} */ input) => input,
  }
  const { loadThread, run, submitToolOutputs } = relay.client({ tools })
  await loadThread('thread_1', page.set, { signal, setRuns: page.setRuns })
  const pending = run('thread_1', 'plain', page.set)
  await page.until(() => page.runs.length)
  thread.askFor(
    'run_1',
    { id: 'call_1', type: 'function', function: { name: 'add', arguments: '[1, 2]' } },
    call('call_2', 'custom_tool_call', { name: 'echo', input: 'hello' }),
    call('mcpr_3', 'mcp_approval_request', { name: 'add', arguments: '{}', server_label: 'sums' }),
  )
  await pending

  const answer = { tool_call_id: 'mcpr_3', output: '{"approve":false}' }
  const going = submitToolOutputs('thread_1', 'run_1', [answer])
  const { body } = await relay.arrival('POST', /submit_tool_outputs/)
  thread.endRun('run_1')
  await going

  assert.deepEqual(body.tool_outputs, [
    answer,
    { tool_call_id: 'call_1', output: '3' },
    { tool_call_id: 'call_2', output: 'hello' },
  ])
})
