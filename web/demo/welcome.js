/** What a newcomer sees: what this is, and what to try. */

import { element, find } from './dom.js'

/** @import { Assistant } from './assistants.js' */

const OFFERED = 6

/**
 * @param {{choose: (id: string) => void, more: () => void}} actions
 * @returns {(assistants: readonly Assistant[], chosen: readonly string[]) => void}
 */
export function welcome({ choose, more }) {
  const cards = element('div', { className: 'cards' })
  const rest = element('button', { type: 'button', className: 'quiet', onclick: more })
  /** @type {readonly Assistant[]} */
  let offered = []
  find('welcome', HTMLElement).append(...greeting(), cards, element('footer', {}, small(), rest))

  return function update(assistants, chosen) {
    if (offered !== assistants) {
      cards.replaceChildren(...assistants.slice(0, OFFERED).map((one) => card(one, choose)))
      rest.textContent = `All ${assistants.length} assistants`
      rest.hidden = assistants.length <= OFFERED
      offered = assistants
    }
    for (const button of cards.querySelectorAll('button')) {
      button.ariaPressed = String(chosen.includes(button.value))
    }
  }
}

function greeting() {
  return [
    element('img', { src: '/web/demo/icon.svg', alt: '', width: 44, height: 44 }),
    element('h2', {}, 'Ask, and watch the answer arrive'),
    element(
      'p',
      {},
      'thread-relay streams each answer, token by token, to every page that shows the thread. ',
      'Choose an assistant and send anything; then reload in mid-answer or open a second tab, and ',
      'nothing is missed.',
    ),
  ]
}

function small() {
  return element(
    'p',
    { className: 'small' },
    'An assistant that is a recording plays its recorded answer, whatever you send.',
  )
}

/**
 * @param {Assistant} assistant
 * @param {(id: string) => void} choose
 */
function card({ id, name, description }, choose) {
  const button = element('button', { type: 'button', value: id, onclick: () => choose(id) })
  button.append(element('strong', { dir: 'auto' }, name || id))
  if (description) button.append(element('span', { dir: 'auto' }, description))
  return button
}
