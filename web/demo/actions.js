/** Calls that wait for a person: a form for each call, and one button for all. */

import { askedBy } from './asking.js'
import { describe } from './calls.js'
import { askedOf } from './doings.js'
import { element, icon } from './dom.js'
import { plain } from './results.js'

/** @import { Asked } from './asking.js' */
/** @import { ActionRow } from './timeline.js' */

/**
 * @typedef {{tool_call_id: string, output: string}} Output
 * @typedef {(runId: string, outputs: Output[]) => Promise<unknown>} Submit
 * @typedef {{id: string, element: HTMLElement, output: () => string | null}} Field
 *   `output` is null until one of its choices is made.
 */

/**
 * @param {{submit: Submit}} actions
 * @returns {{element: HTMLElement, update: (row: ActionRow) => void}}
 */
export function actionView({ submit }) {
  const form = element('form', { className: 'action' })
  let asked = ''
  return {
    element: form,
    update({ run, name }) {
      const calls = askedOf(run)
      const ids = JSON.stringify(calls.map((call) => call?.id))
      // What was typed survives: the fields are made anew only for other calls.
      if (ids === asked) return
      asked = ids
      ask(form, name, calls, (outputs) => submit(run.id, outputs))
    },
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {readonly any[]} calls
 * @param {(outputs: Output[]) => Promise<unknown>} submit
 */
function ask(form, name, calls, submit) {
  const title = element('p', { className: 'action-title' }, titleOf(name, calls))
  const send = element('button', { type: 'submit', className: 'primary' }, 'Send the outputs')
  const fields = calls.map((call) => fieldOf(call, chosen))
  const isMissing = () => fields.some(({ output }) => output() === null)
  // Where there is one thing to choose, to choose is to send.
  const isOneChoice = fields.length === 1 && isMissing()
  function chosen() {
    send.disabled = isMissing()
    if (isOneChoice) form.requestSubmit()
  }
  send.hidden = isOneChoice
  send.disabled = isMissing()
  form.replaceChildren(title, ...fields.map((field) => field.element), send)
  form.onsubmit = async (event) => {
    event.preventDefault()
    form.inert = true
    await submit(fields.map(({ id, output }) => ({ tool_call_id: id, output: output() ?? '' })))
    form.inert = false
  }
}

/**
 * @param {string} name
 * @param {readonly any[]} calls
 */
function titleOf(name, calls) {
  if (calls.every((call) => call?.type === 'mcp_approval_request')) {
    return `${name} asks for your approval.`
  }
  const count = calls.length === 1 ? 'a tool call' : `${calls.length} tool calls`
  return `${name} waits for the output of ${count}. You can answer in its place.`
}

/**
 * @param {any} call
 * @param {() => void} chosen
 * @returns {Field}
 */
function fieldOf(call, chosen) {
  const asked = askedBy(call?.type)
  const id = plain(call?.id)
  const words = element('textarea', { rows: 2, dir: 'auto', placeholder: asked.hint ?? '' })
  words.required = !asked.choices && !asked.mayBeEmpty
  const label = element('label', {}, element('span', {}, asked.label), words)
  const field = element('fieldset', {}, ...givenIn(call), label)
  if (!asked.choices) {
    return { id, element: field, output: () => asked.output(words.value, call[call.type]) }
  }
  const { element: buttons, choice } = choicesView(asked.choices, chosen)
  field.append(buttons)
  return { id, element: field, output: () => choice()?.output(words.value.trim()) ?? null }
}

/**
 * What is asked for.
 *
 * @param {any} call
 * @returns {HTMLElement[]}
 */
function givenIn(call) {
  const { title, icon: sign, input, results } = describe(call)
  const legend = element('legend', { dir: 'auto' }, icon(sign), title)
  const given = element('pre', { className: 'code', tabIndex: 0 }, input)
  given.ariaLabel = `Arguments of ${title}`
  given.hidden = !input
  const warnings = results.flatMap((result) =>
    result.kind === 'log' ? [element('p', { className: 'warning', dir: 'auto' }, result.text)] : [],
  )
  return [legend, given, ...warnings]
}

/**
 * A button for each choice, of which one stays pressed.
 *
 * @param {NonNullable<Asked['choices']>} choices
 * @param {() => void} chosen
 */
function choicesView(choices, chosen) {
  const buttons = choices.map(({ label }) =>
    element('button', { type: 'button', ariaPressed: 'false' }, label),
  )
  for (const button of buttons) {
    button.onclick = () => {
      for (const other of buttons) other.ariaPressed = String(other === button)
      chosen()
    }
  }
  return {
    element: element('div', { className: 'choices' }, ...buttons),
    choice: () => choices[buttons.findIndex((button) => button.ariaPressed === 'true')],
  }
}
