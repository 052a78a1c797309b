/** What the items of a response say: functions, servers, searches, and what a model thought. */

import { MACHINES } from './machines.js'
import { found, image, list, log, plain, prose } from './results.js'

/** @import { Describe } from './calls.js' */
/** @import { Result } from './results.js' */

/** @type {Readonly<Record<string, Describe>>} */
export const ITEMS = {
  reasoning,
  function_call: functionCall,
  custom_tool_call: customToolCall,
  mcp_list_tools: mcpListTools,
  mcp_approval_request: mcpApprovalRequest,
  mcp_call: mcpCall,
  file_search_call: fileSearchCall,
  web_search_call: webSearchCall,
  tool_search_call: toolSearchCall,
  compaction,
  ...MACHINES,
}

/** @type {Describe} */
function reasoning({ summary, content }) {
  const results = [...list(summary), ...list(content)].map((part, position) =>
    prose(`${part?.type}${position}`, part?.text ?? part),
  )
  return { title: 'Reasoning', icon: 'thought', input: '', results }
}

/** @type {Describe} */
function functionCall({ namespace, name, arguments: given }, answer) {
  const title = [namespace, name].filter(Boolean).map(plain).join('.') || 'Function'
  return { title, icon: 'function', input: plain(given), results: outputOf(answer) }
}

/** @type {Describe} */
function customToolCall({ namespace, name, input }, answer) {
  return functionCall({ namespace, name, arguments: input }, answer)
}

/** @type {Describe} */
function mcpListTools({ server_label: server, tools, error }) {
  const results = [...toolsIn(tools), ...said('error', error)]
  return { title: `Tools of ${plain(server)}`, icon: 'plug', input: '', results, isFolded: !error }
}

/** @type {Describe} */
function mcpApprovalRequest(item) {
  return { ...mcpCall(item, null), title: `Approval: ${serverTool(item)}`, icon: 'shield' }
}

/** @type {Describe} */
function mcpCall(item) {
  const { arguments: given, output, error } = item
  const results = [...said('output', output), ...said('error', error?.message || error)]
  return { title: serverTool(item), icon: 'plug', input: plain(given), results }
}

/** @param {any} item */
function serverTool({ name, server_label: server }) {
  return [name, server].filter(Boolean).map(plain).join(' · ') || 'MCP'
}

/** @type {Describe} */
function fileSearchCall({ queries, results }) {
  const files = list(results).map((result, position) => {
    const name = result?.filename ?? result?.file_id ?? 'A file'
    return found(`${position}`, { name, score: result?.score, text: result?.text })
  })
  return { title: 'File search', icon: 'search', input: lines(queries), results: files }
}

/** @type {Describe} */
function webSearchCall({ action, results: pages }) {
  const { type, queries, query, pattern, url, sources } = action ?? {}
  const asked = lines(queries) || plain(query)
  const sought = pattern && `Find “${plain(pattern)}” in ${plain(url)}`
  const results = [...list(sources), ...list(pages)].map((source, position) => {
    const { title, name, url: address, snippet, text } = source ?? {}
    return found(`${position}`, { name: title ?? name, url: address, text: snippet ?? text })
  })
  const input = sought || (type === 'open_page' && `Open ${plain(url)}`) || asked
  return { title: 'Web search', icon: 'globe', input, results }
}

/** @type {Describe} */
function toolSearchCall({ arguments: given }, answer) {
  const results = toolsIn(answer?.tools)
  return { title: 'Tool search', icon: 'search', input: plain(given), results }
}

/** @type {Describe} */
function compaction() {
  const words = 'What was said earlier has been condensed, to make room for more.'
  return { title: 'Compaction', icon: 'tool', input: '', results: [prose('words', words)] }
}

/**
 * @param {unknown} tools
 * @returns {Result[]}
 */
function toolsIn(tools) {
  return list(tools).map((tool, position) =>
    found(`${position}`, { name: tool?.name ?? tool?.type, text: tool?.description }),
  )
}

/**
 * What a person or a page answered: text, or parts as a message has them.
 *
 * @param {any} answer
 * @returns {Result[]}
 */
function outputOf(answer) {
  const { output } = answer ?? {}
  if (!Array.isArray(output)) return said('output', output)
  return output.map((part, position) => {
    const [key, url] = [`${position}`, part?.image_url]
    return url ? image(key, { url }) : log(key, part?.text ?? part)
  })
}

/**
 * @param {string} key
 * @param {unknown} value
 * @returns {Result[]}
 */
function said(key, value) {
  return value === null || value === undefined || value === '' ? [] : [log(key, value)]
}

/** @param {unknown} texts */
function lines(texts) {
  return list(texts).map(plain).join('\n')
}
