import assert from 'node:assert/strict'
import { test } from 'node:test'

import { askedBy } from '../../web/demo/asking.js'

const PIXEL = 'data:image/png;base64,aGVsbG8='

/** @param {string} type @param {string} written @param {string} [choice] @param {any} [call] */
function answered(type, written, choice, call) {
  const asked = askedBy(type)
  const picked = asked.choices?.find(({ label }) => label === choice) ?? asked
  return picked.output(written, call)
}

test('what a person writes is sent as each kind of call wants it', () => {
  const exit = { type: 'exit', exit_code: 0 }
  const shell = [{ stdout: 'x', stderr: '', outcome: exit }]

  assert.equal(answered('function', '{"a": 1}'), '{"a": 1}')
  assert.equal(answered('custom_tool_call', 'plain words'), 'plain words')
  assert.equal(answered('mcp_approval_request', '', 'Approve'), '{"approve":true}')
  assert.deepEqual(JSON.parse(answered('mcp_approval_request', 'Too dear', 'Deny')), {
    approve: false,
    reason: 'Too dear',
  })
  assert.deepEqual(JSON.parse(answered('shell_call', 'x')), shell)
  assert.deepEqual(JSON.parse(answered('shell_call', JSON.stringify(shell))), shell)
  assert.equal(answered('local_shell_call', 'x'), 'x')
  assert.equal(answered('apply_patch_call', '', 'Applied'), '{"status":"completed"}')
  assert.deepEqual(JSON.parse(answered('apply_patch_call', 'No such file', 'Failed')), {
    status: 'failed',
    output: 'No such file',
  })
  assert.equal(answered('computer_call', ' file-1 '), '{"file_id":"file-1"}')
  assert.deepEqual(JSON.parse(answered('computer_call', PIXEL)), { image_url: PIXEL })
  const checks = [{ id: 'sc_1', message: 'Careful!' }]
  assert.deepEqual(
    JSON.parse(answered('computer_call', 'file-1', '', { pending_safety_checks: checks })),
    { file_id: 'file-1', acknowledged_safety_checks: checks },
  )
  assert.equal(answered('tool_search_call', '[]'), '{"tools":[]}')
  assert.equal(answered('tool_search_call', '{"tools": []}'), '{"tools": []}')
  assert.equal(answered('of_a_kind_nobody_knows', 'x'), 'x')
})
