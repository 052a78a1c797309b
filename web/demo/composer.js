/** Where a message is written, sent, and where an answer is stopped. */

import { find, icon } from './dom.js'

/**
 * @param {{send: (text: string) => Promise<void>, stop: () => void}} actions
 */
export function composer({ send, stop }) {
  const form = find('composer', HTMLFormElement)
  const text = find('text', HTMLTextAreaElement)
  const sendButton = find('send', HTMLButtonElement)
  const stopButton = find('stop', HTMLButtonElement)
  sendButton.append(icon('send'))

  function fit() {
    text.style.height = 'auto'
    text.style.height = `${text.scrollHeight}px`
    sendButton.disabled = !text.value.trim()
  }

  /** @param {string} value */
  function write(value) {
    text.value = value
    fit()
  }

  form.onsubmit = async (event) => {
    event.preventDefault()
    const value = text.value.trim()
    if (!value) return
    write('')
    text.focus()
    await send(value)
  }
  text.oninput = fit
  text.onkeydown = (event) => {
    // While an input method composes, Enter and Escape belong to it.
    if (event.isComposing) return
    if (event.key === 'Escape' && !stopButton.hidden) stop()
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    form.requestSubmit()
  }
  stopButton.onclick = () => {
    stop()
    text.focus()
  }
  fit()

  return {
    focus: () => text.focus(),
    /** @param {string} value What was not accepted comes back, unless something else is there. */
    giveBack(value) {
      if (!text.value) write(value)
    },
    /** @param {boolean} isBusy */
    setBusy(isBusy) {
      stopButton.hidden = !isBusy
    },
  }
}
