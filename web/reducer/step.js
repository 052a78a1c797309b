/**
 * One step of a run: how it grows, and how it ends.
 *
 * @typedef {(there: Json, step: Json) => Json} Settle
 *   What becomes of a step that is told, beside the one that is there.
 */

import { each, fields, keep } from './delta.js'
import { mapped, replaced, withoutIndexes } from './lists.js'
import { same } from './same.js'
import { hasId, isObject } from './shape.js'
import { append } from './text.js'

/** @import { Json } from './types.js' */

const ENDS = ['completed', 'failed', 'cancelled', 'expired']

const OUTPUT = fields({ logs: append })
const TOOL_CALL = fields({
  code_interpreter: fields({ input: append, outputs: each(OUTPUT) }),
  function: fields({ arguments: append }),
})
// A step keeps the id that it was created with.
const STEP = fields({ id: keep, step_details: fields({ tool_calls: each(TOOL_CALL) }) })

/** @type {readonly any[]} */
const NO_CALLS = []

/**
 * Replace the step of the same id, or put it last: steps run from oldest to newest.
 *
 * @param {readonly any[]} steps
 * @param {Json} step
 * @param {Settle} settle
 * @returns {readonly any[]}
 */
export function putStep(steps, step, settle) {
  const place = placeOfStep(steps, step['id'])
  if (place === null) return [...steps, settle({}, step)]
  const settled = settle(steps[place], step)
  return same(steps[place], settled) ? steps : replaced(steps, place, settled)
}

/**
 * Where the step of this id is.
 *
 * @param {readonly any[]} steps
 * @param {string} stepId
 * @returns {number | null}
 */
export function placeOfStep(steps, stepId) {
  const place = steps.findIndex((step) => hasId(step) && step.id === stepId)
  return place < 0 ? null : place
}

/**
 * The step with what a delta adds; one that has ended stays as it is.
 *
 * @param {Json} step
 * @param {any} delta
 * @returns {Json}
 */
export function continueStep(step, delta) {
  return ENDS.includes(step['status']) ? step : STEP(step, delta)
}

/**
 * The step as the stream has it.
 *
 * @type {Settle}
 */
export function asTold(_there, step) {
  return step
}

/**
 * The step, with the tool calls of the one that is there if it brings none.
 *
 * @type {Settle}
 */
export function withCallsOf(there, step) {
  if (callsIn(step).length || !callsIn(there).length) return step
  return { ...step, step_details: there['step_details'] }
}

/**
 * The step as a list of steps has it: no tool call and no output with an `index`.
 *
 * @type {Settle}
 */
export function finishStep(_there, step) {
  const told = callsIn(step)
  const calls = mapped(withoutIndexes(told), withPlainOutputs)
  if (calls === told) return step
  return { ...step, step_details: { ...step['step_details'], tool_calls: calls } }
}

/**
 * @param {Json} step
 * @returns {readonly any[]}
 */
function callsIn(step) {
  const details = step['step_details']
  const calls = isObject(details) ? details.tool_calls : null
  return Array.isArray(calls) ? calls : NO_CALLS
}

/** @param {any} call */
function withPlainOutputs(call) {
  const code = isObject(call) ? call.code_interpreter : null
  if (!isObject(code)) return call
  const outputs = withoutIndexes(code.outputs)
  return outputs === code.outputs ? call : { ...call, code_interpreter: { ...code, outputs } }
}
