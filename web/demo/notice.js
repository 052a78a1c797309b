/** What went wrong, in words, with a way on where there is one. */

import { element, find, icon } from './dom.js'

/** @typedef {{label: string, act: () => void}} WayOn */

/**
 * @param {string} words
 * @param {WayOn} [way]
 */
export function tell(words, way) {
  const notice = find('notice', HTMLElement)
  const close = element('button', { type: 'button', className: 'quiet' }, 'Dismiss')
  close.onclick = untell
  const buttons = [close]
  if (way) {
    const go = element('button', { type: 'button', className: 'primary' }, way.label)
    go.onclick = () => {
      untell()
      way.act()
    }
    buttons.unshift(go)
  }
  notice.replaceChildren(icon('warning'), element('p', { dir: 'auto' }, words), ...buttons)
  notice.hidden = false
}

export function untell() {
  find('notice', HTMLElement).hidden = true
}
