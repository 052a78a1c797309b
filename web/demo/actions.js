/** Tool calls that wait for a person: a form for each call, and one button for all. */

import { askedOf } from './doings.js'
import { element, icon } from './dom.js'
import { plain } from './calls.js'

/** @import { ActionRow } from './timeline.js' */

/**
 * @typedef {{tool_call_id: string, output: string}} Output
 * @typedef {(runId: string, outputs: Output[]) => Promise<unknown>} Submit
 */

/**
 * @param {{submit: Submit}} actions
 * @returns {{element: HTMLElement, update: (row: ActionRow) => void}}
 */
export function actionView({ submit }) {
  const fields = element('div')
  const send = element('button', { type: 'submit', className: 'primary' }, 'Send the outputs')
  const title = element('p', { className: 'action-title' })
  const form = element('form', { className: 'action' }, title, fields, send)
  let asked = ''

  return {
    element: form,
    update({ run, name }) {
      const calls = askedOf(run)
      const ids = JSON.stringify(calls.map((call) => call?.id))
      // What was typed survives: the fields are made anew only for other calls.
      if (ids === asked) return
      asked = ids
      title.textContent = titleOf(name, calls.length)
      fields.replaceChildren(...calls.map(field))
      form.onsubmit = (event) => answer(event, form, (outputs) => submit(run.id, outputs))
    },
  }
}

/**
 * @param {string} name
 * @param {number} count
 */
function titleOf(name, count) {
  const calls = count === 1 ? 'a tool call' : `${count} tool calls`
  return `${name} waits for the output of ${calls}. You can answer in its place.`
}

/** @param {any} call */
function field(call) {
  const details = call?.[call?.type] ?? {}
  const name = plain(details.name ?? call?.type)
  const given = plain(details.arguments ?? details)
  const output = element('textarea', { name: plain(call?.id), rows: 2, dir: 'auto' })
  output.required = true
  output.placeholder = 'For example: {"temperature": 21}'
  return element(
    'fieldset',
    {},
    element('legend', { dir: 'auto' }, icon('function'), name),
    element('pre', { className: 'code', tabIndex: 0, ariaLabel: `Arguments of ${name}` }, given),
    element('label', {}, element('span', {}, 'Output'), output),
  )
}

/**
 * @param {SubmitEvent} event
 * @param {HTMLFormElement} form
 * @param {(outputs: Output[]) => Promise<unknown>} submit
 */
async function answer(event, form, submit) {
  event.preventDefault()
  const outputs = [...new FormData(form)].map(([id, output]) => ({
    tool_call_id: id,
    output: String(output),
  }))
  form.inert = true
  await submit(outputs)
  form.inert = false
}
