/** Which thread is open, and which ones were. */

import { element, find, icon } from './dom.js'
import { keep, recall } from './storage.js'

/** @import { Message } from '../index.js' */

const KEPT = 30

/**
 * @typedef {{id: string, title: string}} Known
 */

/** The thread in the page's address, so that a reload and another tab show the same. */
export function threadInAddress() {
  return new URL(location.href).searchParams.get('thread') ?? ''
}

/** @param {string} threadId */
export function addressOf(threadId) {
  return threadId ? `/?${new URLSearchParams({ thread: threadId })}` : '/'
}

/**
 * @param {(threadId: string) => void} open
 */
export function threadList(open) {
  const panel = find('threads', HTMLElement)
  const items = find('recent', HTMLUListElement)
  const form = find('open-thread', HTMLFormElement)
  const input = find('thread-id', HTMLInputElement)
  let current = ''
  find('menu', HTMLButtonElement).append(icon('menu'))

  /** @param {string} threadId */
  function go(threadId) {
    if (panel.matches(':popover-open')) panel.hidePopover()
    open(threadId)
  }

  function draw() {
    items.replaceChildren(...known().map((thread) => item(thread, current, go)))
  }

  find('new-thread', HTMLButtonElement).onclick = () => go('')
  form.onsubmit = (event) => {
    event.preventDefault()
    go(input.value.trim())
    form.reset()
  }
  addEventListener('storage', draw)

  return {
    /** @param {string} threadId */
    show(threadId) {
      current = threadId
      draw()
    },
    /** @param {Known} thread */
    remember(thread) {
      const others = known().filter(({ id }) => id !== thread.id)
      const before = known().find(({ id }) => id === thread.id)
      if (before && (before.title || !thread.title)) return
      keep('threads', [thread, ...others].slice(0, KEPT))
      draw()
    },
    /** @param {string} threadId */
    forget(threadId) {
      keep('threads', known().filter(({ id }) => id !== threadId))
      draw()
    },
  }
}

/** @returns {Known[]} */
function known() {
  return recall('threads').filter(
    (thread) => typeof thread?.id === 'string' && typeof thread.title === 'string',
  )
}

/**
 * @param {Known} thread
 * @param {string} current
 * @param {(threadId: string) => void} go
 */
function item({ id, title }, current, go) {
  const link = element('a', { href: addressOf(id), dir: 'auto', title: id }, title || id)
  if (id === current) link.ariaCurrent = 'page'
  link.onclick = (event) => {
    // With a modifier the browser opens another tab, as with any link.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    go(id)
  }
  return element('li', {}, link)
}

/**
 * What a thread is called: how its first question begins.
 *
 * @param {readonly Message[]} thread
 */
export function titleOf(thread) {
  const first = thread.findLast((message) => message.role === 'user')
  const text = first?.content?.find?.((/** @type {any} */ part) => part?.type === 'text')?.text
  return String(text?.value ?? '').trim().split('\n', 1)[0]?.slice(0, 80) ?? ''
}
