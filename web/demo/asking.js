/** How a person answers a call, by its type, and what is sent of it. */

import { list } from './results.js'

/**
 * @typedef {object} Asked
 * @property {string} label
 * @property {string} [hint] what might be written
 * @property {boolean} [mayBeEmpty]
 * @property {readonly Choice[]} [choices] to pick one of; then words are a remark, or none
 * @property {(words: string, details: any) => string} output `details` are those of the call
 *
 * @typedef {{label: string, output: (words: string) => string}} Choice
 */

/** @type {Asked} */
const FUNCTION = {
  label: 'Output',
  hint: 'For example: {"temperature": 21}',
  output: (words) => words,
}

/** @type {Asked} */
const CUSTOM = { label: 'Output', hint: 'What the tool gives, as text', output: (words) => words }

/** @type {Asked} */
const APPROVAL = {
  label: 'Reason (need not be given)',
  choices: [
    { label: 'Approve', output: (words) => approval(true, words) },
    { label: 'Deny', output: (words) => approval(false, words) },
  ],
  output: (words) => words,
}

/** @type {Asked} */
const SHELL = {
  label: 'What the commands printed',
  hint: 'Text, or [{"stdout": "…", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}]',
  mayBeEmpty: true,
  output: (words) => (isJson(words, Array.isArray) ? words : JSON.stringify([printed(words)])),
}

/** @type {Asked} */
const LOCAL_SHELL = {
  label: 'What the command printed',
  mayBeEmpty: true,
  output: (words) => words,
}

/** @type {Asked} */
const PATCH = {
  label: 'What came of it (need not be given)',
  choices: [
    { label: 'Applied', output: (words) => patched('completed', words) },
    { label: 'Failed', output: (words) => patched('failed', words) },
  ],
  output: (words) => words,
}

/** @type {Asked} */
const COMPUTER = {
  label: 'Screenshot, as an address or the id of a file',
  hint: 'data:image/png;base64,…  or  https://…  or  file-…',
  output: (words, details) =>
    isJson(words, isObject) ? words : JSON.stringify(screenshot(words, details)),
}

/** @type {Asked} */
const TOOL_SEARCH = {
  label: 'Tools that were found, as JSON',
  hint: '[{"type": "function", "name": "…", "description": "…", "parameters": {}}]',
  output: (words) => (isJson(words, Array.isArray) ? `{"tools":${words}}` : words),
}

/** @type {Readonly<Record<string, Asked>>} */
const ASKED = {
  custom_tool_call: CUSTOM,
  mcp_approval_request: APPROVAL,
  shell_call: SHELL,
  local_shell_call: LOCAL_SHELL,
  apply_patch_call: PATCH,
  computer_call: COMPUTER,
  tool_search_call: TOOL_SEARCH,
}

/**
 * @param {unknown} type
 * @returns {Asked}
 */
export function askedBy(type) {
  return (Object.hasOwn(ASKED, String(type)) && ASKED[String(type)]) || FUNCTION
}

/**
 * @param {boolean} approve
 * @param {string} reason
 */
function approval(approve, reason) {
  return JSON.stringify(reason ? { approve, reason } : { approve })
}

/**
 * @param {string} status
 * @param {string} output
 */
function patched(status, output) {
  return JSON.stringify(output ? { status, output } : { status })
}

/** @param {string} stdout */
function printed(stdout) {
  return { stdout, stderr: '', outcome: { type: 'exit', exit_code: 0 } }
}

/**
 * @param {string} words
 * @param {any} details what the reader was warned of, and accepts by answering
 */
function screenshot(words, details) {
  const place = words.trim()
  const picture = /^file[-_]/.test(place) ? { file_id: place } : { image_url: place }
  const checks = list(details?.pending_safety_checks)
  return checks.length ? { ...picture, acknowledged_safety_checks: checks } : picture
}

/**
 * @param {string} words
 * @param {(value: unknown) => boolean} isIt
 */
function isJson(words, isIt) {
  try {
    return isIt(JSON.parse(words))
  } catch {
    return false
  }
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
