/** Who answers: one assistant, or several one after the other. */

import { element, find, icon } from './dom.js'
import { keep, recall } from './storage.js'

/**
 * @typedef {{id: string, name?: string | null, description?: string | null}} Assistant
 */

/** Of the project's own recordings, those to begin with. */
const FIRST = [
  'plain-text',
  'function-call',
  'code-interpreter',
  'file-search',
  'several-tools',
  'long-answer',
]

/** @param {() => void} changed */
export function chooser(changed) {
  const button = find('choose', HTMLButtonElement)
  const panel = find('assistants', HTMLFieldSetElement)
  const label = element('span', { className: 'chosen' })
  /** @type {readonly Assistant[]} */
  let assistants = []
  /** @type {string[]} */
  let chosen = []
  button.append(icon('people'), label)
  button.onclick = () => show(Boolean(panel.hidden))
  panel.onkeydown = (event) => {
    if (event.key !== 'Escape') return
    show(false)
    button.focus()
  }

  /** @param {boolean} isOpen */
  function show(isOpen) {
    panel.hidden = !isOpen
    button.ariaExpanded = String(isOpen)
    if (isOpen) panel.querySelector('input')?.focus()
  }

  document.addEventListener('pointerdown', ({ target }) => {
    const isInside = target instanceof Node && (panel.contains(target) || button.contains(target))
    if (!isInside) show(false)
  })

  /** @param {string} id */
  const nameOf = (id) => assistants.find((assistant) => assistant.id === id)?.name || id

  /** @param {readonly string[]} ids */
  function choose(ids) {
    chosen = ids.filter((id) => assistants.some((assistant) => assistant.id === id))
    keep('assistants', chosen)
    label.textContent = chosen.map(nameOf).join(', then ') || 'Nobody answers'
    for (const row of panel.querySelectorAll('label')) mark(row, chosen)
    changed()
  }

  /** @param {HTMLInputElement} box */
  function toggle(box) {
    choose(box.checked ? [...chosen, box.value] : chosen.filter((id) => id !== box.value))
  }

  return {
    choose,
    chosen: () => chosen,
    all: () => assistants,
    close: () => show(false),
    open: () => show(true),
    /** @param {unknown} id */
    nameOf: (id) => (typeof id === 'string' && id ? nameOf(id) : 'Assistant'),
    /** @param {readonly Assistant[]} list */
    offer(list) {
      const first = FIRST.flatMap((id) => list.filter((assistant) => assistant.id === id))
      assistants = [...new Set([...first, ...list])]
      const options = assistants.map((assistant) => option(assistant, toggle))
      find('assistant-list', HTMLElement).replaceChildren(...options)
      choose(recall('assistants'))
      if (!chosen.length) choose(assistants.slice(0, 1).map(({ id }) => id))
    },
  }
}

/**
 * @param {Assistant} assistant
 * @param {(box: HTMLInputElement) => void} toggle
 */
function option({ id, name, description }, toggle) {
  const box = element('input', { type: 'checkbox', value: id })
  const order = element('span', { className: 'order', ariaHidden: 'true' })
  const words = element('span', {}, element('strong', { dir: 'auto' }, name || id))
  if (description) words.append(element('small', { dir: 'auto' }, description))
  box.onchange = () => toggle(box)
  return element('label', {}, box, words, order)
}

/**
 * Ticks an assistant that is chosen, and numbers it if it is one of several.
 *
 * @param {HTMLLabelElement} row
 * @param {readonly string[]} chosen
 */
function mark(row, chosen) {
  const box = row.querySelector('input')
  const order = row.querySelector('.order')
  if (!box || !order) return
  const place = chosen.indexOf(box.value)
  box.checked = place >= 0
  order.textContent = chosen.length > 1 && place >= 0 ? String(place + 1) : ''
}
