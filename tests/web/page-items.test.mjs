import assert from 'node:assert/strict'
import { test } from 'node:test'

import { describe } from '../../web/demo/calls.js'

/**
 * A call as a reader sees it: its title, what it was given, and what it gave.
 *
 * @param {any} item
 * @param {any} [answer]
 */
function seen(item, answer) {
  const { title, input, results } = describe(item, answer)
  return [title, input, ...results.map(words)]
}

/** @param {any} result */
function words({ kind, title, name, url, score, fileId, text }) {
  return [kind, title, name, url, score, fileId, text].filter(Boolean).join(' | ')
}

const PIXEL = 'data:image/png;base64,aGVsbG8='

/** @type {Record<string, [item: any, answer: any, seen: string[]]>} */
const ITEMS = {
  'reasoning, whether summed up or in full': [
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: '**A plan**\n\nFirst.' }],
      content: [{ type: 'reasoning_text', text: 'At length.' }],
    },
    null,
    ['Reasoning', '', 'prose | A plan | First.', 'prose | At length.'],
  ],
  'a function call that is being written': [
    { type: 'function_call', name: 'get_weather', arguments: '{"ci' },
    null,
    ['get_weather', '{"ci'],
  ],
  'a function call and the answer that the upstream keeps': [
    { type: 'function_call', namespace: 'sky', name: 'look', arguments: '{}' },
    { output: [{ type: 'input_text', text: 'blue' }, { type: 'input_image', image_url: PIXEL }] },
    ['sky.look', '{}', 'log | blue', `image | ${PIXEL}`],
  ],
  'a custom tool call': [
    { type: 'custom_tool_call', name: 'sql', input: 'select 1' },
    { output: 'one row' },
    ['sql', 'select 1', 'log | one row'],
  ],
  'the tools of a server': [
    {
      type: 'mcp_list_tools',
      server_label: 'dice',
      tools: [{ name: 'roll', description: 'Rolls.' }],
    },
    null,
    ['Tools of dice', '', 'found | roll | Rolls.'],
  ],
  'a server that has no tools to tell': [
    { type: 'mcp_list_tools', server_label: 'dice', tools: [], error: 'It is away.' },
    null,
    ['Tools of dice', '', 'log | It is away.'],
  ],
  'a call of a server': [
    { type: 'mcp_call', name: 'roll', server_label: 'dice', arguments: '{"n":2}', output: '7' },
    null,
    ['roll · dice', '{"n":2}', 'log | 7'],
  ],
  'a call of a server that failed': [
    { type: 'mcp_call', name: 'roll', server_label: 'dice', error: { message: '424' } },
    null,
    ['roll · dice', '', 'log | 424'],
  ],
  'an approval': [
    { type: 'mcp_approval_request', name: 'roll', server_label: 'dice', arguments: '{}' },
    null,
    ['Approval: roll · dice', '{}'],
  ],
  'code, what it printed and what it drew': [
    {
      type: 'code_interpreter_call',
      code: 'print(1)',
      outputs: [{ type: 'logs', logs: '1' }, { type: 'image', url: PIXEL }],
    },
    null,
    ['Code interpreter', 'print(1)', 'log | 1', `image | ${PIXEL}`],
  ],
  'a search in files': [
    {
      type: 'file_search_call',
      queries: ['bees', 'dance'],
      results: [{ filename: 'bees.txt', score: 0.876, text: 'They dance.' }],
    },
    null,
    ['File search', 'bees\ndance', 'found | bees.txt | 88 % match | They dance.'],
  ],
  'a search on the web, with its sources': [
    {
      type: 'web_search_call',
      action: {
        type: 'search',
        query: 'bees',
        sources: [{ type: 'url', url: 'https://example.org/' }],
      },
      results: [{ title: 'Bees', url: 'https://b.org', text: 'They dance.' }],
    },
    null,
    [
      'Web search',
      'bees',
      'found | https://example.org/ | https://example.org/',
      'found | Bees | https://b.org | They dance.',
    ],
  ],
  'a page that was opened': [
    { type: 'web_search_call', action: { type: 'open_page', url: 'https://example.org/' } },
    null,
    ['Web search', 'Open https://example.org/'],
  ],
  'a page that was searched': [
    {
      type: 'web_search_call',
      action: { type: 'find_in_page', pattern: 'a', url: 'https://b.org' },
    },
    null,
    ['Web search', 'Find “a” in https://b.org'],
  ],
  'a search that says nothing yet': [{ type: 'web_search_call' }, null, ['Web search', '']],
  'the first sight of an image': [
    {
      type: 'image_generation_call',
      output_format: 'webp',
      partial_images: [
        { index: 0, partial_image_b64: 'b2xk' },
        { index: 1, partial_image_b64: 'bmV3' },
      ],
    },
    null,
    ['Image generation', '', 'image | data:image/webp;base64,bmV3'],
  ],
  'an image that is a message now': [
    { type: 'image_generation_call', result: 'bmV3', revised_prompt: 'A hive' },
    null,
    ['Image generation', '', 'prose | A hive'],
  ],
  'commands, and what they printed': [
    { type: 'shell_call', action: { commands: ['ls', 'cat x'] } },
    {
      output: [
        { stdout: 'x', stderr: '', outcome: { type: 'exit', exit_code: 0 } },
        { stdout: '', stderr: 'no', outcome: { type: 'exit', exit_code: 1 } },
        { outcome: { type: 'timeout' } },
      ],
    },
    [
      'Shell',
      'ls\ncat x',
      'log | x',
      'log | no',
      'log | It ended with 1.',
      'log | It took too long.',
    ],
  ],
  'a command of the local shell': [
    { type: 'local_shell_call', action: { type: 'exec', command: ['ls', '-l'] } },
    null,
    ['Shell', 'ls -l'],
  ],
  'a patch': [
    { type: 'apply_patch_call', operation: { type: 'update_file', path: 'a.js', diff: '+1' } },
    { output: 'done', status: 'completed' },
    ['Change a.js', '+1', 'log | done'],
  ],
  'what a computer is to do, and what to look out for': [
    {
      type: 'computer_call',
      action: { type: 'click', x: 10, y: 20, button: 'left', keys: null },
      pending_safety_checks: [{ id: 'sc_1', code: 'x', message: 'Careful!' }],
    },
    { output: { type: 'computer_screenshot', image_url: PIXEL } },
    [
      'Computer',
      'click x: 10, y: 20, button: left',
      'log | To accept: Careful!',
      `image | ${PIXEL}`,
    ],
  ],
  'a search for tools': [
    { type: 'tool_search_call', arguments: { query: 'weather' } },
    { tools: [{ type: 'function', name: 'get_weather' }] },
    ['Tool search', '{\n  "query": "weather"\n}', 'found | get_weather'],
  ],
  'a type that nobody knows': [
    { id: 'i_1', type: 'divination_call', crystal: ['ball'] },
    null,
    [
      'divination call',
      '{\n  "id": "i_1",\n  "type": "divination_call",\n  "crystal": [\n    "ball"\n  ]\n}',
    ],
  ],
}

for (const [name, [item, answer, expected]] of Object.entries(ITEMS)) {
  test(`a reader sees ${name}`, () => {
    assert.deepEqual(seen(item, answer), expected)
    assert.deepEqual(
      seen({ id: 'call_1', type: item.type, [item.type]: item }, answer)[0],
      expected[0],
    )
  })
}

test('the title of a summary is one while it is being written too', () => {
  const grown = ['**', '**A pl', '**A plan', '**A plan*', '**A plan**', '**A plan**\n\nFirst.']

  const shown = grown.map((text) => seen({ type: 'reasoning', summary: [{ text }] })[2])

  assert.deepEqual(shown, [
    'prose',
    'prose | A pl',
    'prose | A plan',
    'prose | A plan',
    'prose | A plan',
    'prose | A plan | First.',
  ])
})

test('what is encrypted is not shown', () => {
  const text = JSON.stringify(describe({ type: 'compaction', encrypted_content: 'secret' }))

  assert.doesNotMatch(text, /secret/)
})

test('an item of whatever shape can be shown', () => {
  const odd = [null, 3, 'x', [], {}, { type: null }, { type: 'constructor' }, { type: '__proto__' }]
  const types = Object.values(ITEMS).map(([{ type }]) => type)

  for (const item of [...odd, ...types.map((type) => ({ type }))]) {
    assert.doesNotThrow(() => describe(item, { output: [null], tools: 3 }), JSON.stringify(item))
  }
})
