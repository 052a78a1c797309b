/** How the items of a run grow: what each event of a Responses stream adds to its item. */

import { each, fields, fill, isIndex } from './delta.js'
import { replaced, withIndex } from './lists.js'
import { withFields } from './run.js'
import { isObject } from './shape.js'
import { append } from './text.js'

/**
 * @import { Rule } from './delta.js'
 *
 * @typedef {(item: any, data: any) => any} Effect
 *   What an event does to its item.
 */

const IMAGE = ['background', 'output_format', 'quality', 'size']

/** @type {Rule} */
function tell(old, told) {
  return typeof told === 'string' ? fill(old, told) : old
}

/**
 * The rule of a list of texts, which have no room for an index: none is left out.
 *
 * @param {Rule} rule
 * @returns {Rule}
 */
function strings(rule) {
  return function mergeStrings(old, told) {
    const there = Array.isArray(old) ? old : []
    const { index, text } = told
    if (!isIndex(index) || index > there.length || typeof text !== 'string') return old
    if (index === there.length) return [...there, text]
    return replaced(there, index, rule(there[index], text))
  }
}

/**
 * @param {Rule} rule
 * @returns {Rule}
 */
function item(rule) {
  const entries = each(fields({ text: rule }))
  return fields({
    arguments: rule,
    input: rule,
    code: rule,
    operation: fields({ diff: rule }),
    summary: entries,
    content: entries,
    action: fields({ commands: strings(rule) }),
    output: each(fields({ stdout: rule, stderr: rule })),
    partial_images: each(fields({})),
  })
}

const APPEND = item(append)
const TELL = item(tell)

/**
 * The effect of a text: it goes where `put` says.
 *
 * @param {Rule} rule
 * @param {string} source
 * @param {(text: string, data: any) => any} put
 * @returns {Effect}
 */
function text(rule, source, put) {
  return function effect(there, data) {
    const told = data[source]
    return typeof told === 'string' ? rule(there, put(told, data)) : there
  }
}

/**
 * @param {string} name
 * @returns {(text: string, data: any) => any}
 */
function field(name) {
  return (told) => ({ [name]: told })
}

/** @param {string} told */
function diff(told) {
  return { operation: { diff: told } }
}

/**
 * @param {string} told
 * @param {any} data
 */
function summary(told, data) {
  const entry = { type: 'summary_text', text: told }
  return { summary: [withIndex(entry, data.summary_index)] }
}

/**
 * @param {string} told
 * @param {any} data
 */
function reasoning(told, data) {
  const entry = { type: 'reasoning_text', text: told }
  return { content: [withIndex(entry, data.content_index)] }
}

/**
 * @param {string} told
 * @param {any} data
 */
function command(told, data) {
  return { action: { commands: { index: data.command_index, text: told } } }
}

/**
 * The effect of a whole part.
 *
 * @param {string} name
 * @param {string} index
 * @returns {Effect}
 */
function part(name, index) {
  return function effect(there, data) {
    if (!isObject(data.part)) return there
    return TELL(there, { [name]: [withIndex(data.part, data[index])] })
  }
}

/** @type {Effect} */
function outputDelta(there, { delta, command_index }) {
  if (!isObject(delta)) return there
  return APPEND(there, { output: [withIndex(delta, command_index)] })
}

/** @type {Effect} */
function outputDone(there, { output: outputs, command_index }) {
  const output = Array.isArray(outputs) ? outputs[0] : null
  if (!isObject(output)) return there
  return TELL(there, { output: [withIndex(output, command_index)] })
}

/** @type {Effect} */
function partialImage(there, data) {
  const { partial_image_b64, partial_image_index } = data
  if (typeof partial_image_b64 !== 'string') return there
  const entry = withIndex({ partial_image_b64 }, partial_image_index)
  const names = IMAGE.filter((name) => typeof data[name] === 'string')
  const facts = Object.fromEntries(names.map((name) => [name, data[name]]))
  return TELL(there, { ...facts, partial_images: [entry] })
}

/**
 * @param {string} word
 * @returns {Effect}
 */
function status(word) {
  return (there) => withFields(there, { status: word })
}

/** @type {Readonly<Record<string, Effect>>} */
export const GROWTH = {
  'response.content_part.added': part('content', 'content_index'),
  'response.content_part.done': part('content', 'content_index'),
  'response.reasoning_text.delta': text(APPEND, 'delta', reasoning),
  'response.reasoning_text.done': text(TELL, 'text', reasoning),
  'response.reasoning_summary_part.added': part('summary', 'summary_index'),
  'response.reasoning_summary_part.done': part('summary', 'summary_index'),
  'response.reasoning_summary_text.delta': text(APPEND, 'delta', summary),
  'response.reasoning_summary_text.done': text(TELL, 'text', summary),
  'response.function_call_arguments.delta': text(APPEND, 'delta', field('arguments')),
  'response.function_call_arguments.done': text(TELL, 'arguments', field('arguments')),
  'response.custom_tool_call_input.delta': text(APPEND, 'delta', field('input')),
  'response.custom_tool_call_input.done': text(TELL, 'input', field('input')),
  'response.mcp_call_arguments.delta': text(APPEND, 'delta', field('arguments')),
  'response.mcp_call_arguments.done': text(TELL, 'arguments', field('arguments')),
  'response.mcp_call.in_progress': status('in_progress'),
  'response.mcp_call.completed': status('completed'),
  'response.mcp_call.failed': status('failed'),
  'response.mcp_list_tools.in_progress': status('in_progress'),
  'response.mcp_list_tools.completed': status('completed'),
  'response.mcp_list_tools.failed': status('failed'),
  'response.code_interpreter_call.in_progress': status('in_progress'),
  'response.code_interpreter_call.interpreting': status('interpreting'),
  'response.code_interpreter_call.completed': status('completed'),
  'response.code_interpreter_call_code.delta': text(APPEND, 'delta', field('code')),
  'response.code_interpreter_call_code.done': text(TELL, 'code', field('code')),
  'response.file_search_call.in_progress': status('in_progress'),
  'response.file_search_call.searching': status('searching'),
  'response.file_search_call.completed': status('completed'),
  'response.web_search_call.in_progress': status('in_progress'),
  'response.web_search_call.searching': status('searching'),
  'response.web_search_call.completed': status('completed'),
  'response.image_generation_call.in_progress': status('in_progress'),
  'response.image_generation_call.generating': status('generating'),
  'response.image_generation_call.partial_image': partialImage,
  'response.image_generation_call.completed': status('completed'),
  'response.shell_call_command.added': text(TELL, 'command', command),
  'response.shell_call_command.delta': text(APPEND, 'delta', command),
  'response.shell_call_command.done': text(TELL, 'command', command),
  'response.shell_call_output_content.delta': outputDelta,
  'response.shell_call_output_content.done': outputDone,
  'response.apply_patch_call_operation_diff.delta': text(APPEND, 'delta', diff),
  'response.apply_patch_call_operation_diff.done': text(TELL, 'diff', diff),
  'response.compaction.compacting': status('compacting'),
}
