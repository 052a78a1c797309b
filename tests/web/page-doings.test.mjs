import assert from 'node:assert/strict'
import { test } from 'node:test'

import { timeline } from '../../web/demo/timeline.js'

/**
 * The rows between the speaker and the end of a run.
 *
 * @param {any} run
 * @param {any[]} [thread]
 */
function rows(run, thread = []) {
  const whole = { id: 'run_1', assistant_id: 'a', status: 'in_progress', created_at: 1, ...run }
  const isSaidOrDone = (/** @type {{kind: string}} */ { kind }) => /call|message/.test(kind)
  return timeline(thread, [whole], String).filter(isSaidOrDone)
}

/** @param {number} place @param {any} item @param {string} [response] */
const entry = (place, item, response = 'resp_1') => ({
  response_id: response,
  output_index: place,
  item,
})

/** @param {any} run @param {any[]} [thread] */
const statuses = (run, thread) =>
  rows(run, thread).map((row) => (row.kind === 'call' ? row.status : ''))

test('what a call gave stands with it, wherever it came', () => {
  const call = { id: 'sh_1', type: 'shell_call', call_id: 'call_1', status: 'completed' }
  const given = { id: 'sho_1', type: 'shell_call_output', call_id: 'call_1', output: [] }
  const stray = { id: 'sho_2', type: 'shell_call_output', call_id: 'call_2', output: [] }
  const search = { id: 'ts_1', type: 'tool_search_call', call_id: null, execution: 'server' }
  const tools = { id: 'tso_1', type: 'tool_search_output', call_id: null, tools: [] }
  const items = [call, given, stray, tools, search, tools]

  const shown = rows({ output: items.map((item, place) => entry(place, item)) })

  assert.deepEqual(
    shown.map((row) => row.kind === 'call' && [row.call.id, row.answer?.id]),
    [
      ['sh_1', 'sho_1'],
      ['sho_2', undefined],
      ['tso_1', undefined],
      ['ts_1', 'tso_1'],
    ],
  )
})

test('a message stands where the response has it, an image after its call', () => {
  /** @param {string} id @param {number} place */
  const message = (id, place) => ({
    id,
    role: 'assistant',
    run_id: 'run_1',
    response_id: 'resp_1',
    output_index: place,
    content: [],
  })
  const output = [
    entry(0, { id: 'rs_1', type: 'reasoning', summary: [{ text: 'Hm.' }] }),
    entry(1, { id: 'other_id', type: 'message' }),
    entry(2, { id: 'ig_1', type: 'image_generation_call', result: 'bmV3' }),
    entry(3, { id: 'fc_1', type: 'function_call' }),
  ]

  const shown = rows({ output }, [message('ig_1', 2), message('msg_1', 1)])

  assert.deepEqual(
    shown.map((row) => (row.kind === 'call' ? `call ${row.call.id}` : row.key)),
    ['call rs_1', 'msg_1', 'call ig_1', 'ig_1', 'call fc_1'],
  )
})

test('reasoning that a model keeps to itself is not shown', () => {
  const silent = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'secret' }

  assert.deepEqual(rows({ output: [entry(0, silent)] }), [])
})

test('an item that never says that it is done is done when its response or its run is', () => {
  const searching = { id: 'ws_1', type: 'web_search_call', status: 'searching' }
  const thinking = { id: 'rs_1', type: 'reasoning', summary: [{ text: 'Hm.' }] }
  const failed = { id: 'mcp_1', type: 'mcp_call', error: { message: '424' } }
  const next = entry(0, thinking, 'resp_2')

  assert.deepEqual(statuses({ output: [entry(0, searching)] }), ['searching'])
  assert.deepEqual(statuses({ output: [entry(0, searching), next] }), ['completed', 'in_progress'])
  assert.deepEqual(statuses({ output: [entry(0, thinking), entry(1, failed)] }), [
    'completed',
    'failed',
  ])
  const approval = { id: 'mcpr_1', type: 'mcp_approval_request' }
  assert.deepEqual(statuses({ output: [entry(0, approval), next] }), ['answered', 'in_progress'])
  for (const [status, expected] of [['completed', 'completed'], ['cancelled', 'incomplete']]) {
    assert.deepEqual(statuses({ status, output: [entry(0, searching)] }), [expected])
  }
})

test('a call that waits for an answer is asked for once, in the form', () => {
  const calls = [
    { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } },
    { id: 'mcpr_1', type: 'mcp_approval_request', mcp_approval_request: {} },
  ]
  const output = [
    entry(0, { id: 'fc_1', type: 'function_call', call_id: 'call_1' }),
    entry(1, { id: 'mcpr_1', type: 'mcp_approval_request' }),
    entry(2, { id: 'fc_2', type: 'function_call', call_id: 'call_2' }),
  ]
  const action = { type: 'submit_tool_outputs', submit_tool_outputs: { tool_calls: calls } }

  const shown = rows({ status: 'requires_action', required_action: action, output })

  assert.deepEqual(shown.map((row) => row.kind === 'call' && row.call.id), ['fc_2'])
})
