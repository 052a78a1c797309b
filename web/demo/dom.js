/** Everything that the page shows is made here, and text goes in as text. */

/**
 * Makes an element.  What the element has as a property is set as one, the rest as attributes.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, unknown>>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) Reflect.set(made, name, value)
    else made.setAttribute(name, String(value))
  }
  made.append(...children)
  return made
}

/**
 * The element of the page that has this id.
 *
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function find(id, kind) {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`the page has no ${kind.name} named ${id}`)
}

/**
 * Shows a text that mostly grows at its end: what is there already is not laid out again.
 *
 * @param {Text} node
 * @param {string} text
 */
export function growText(node, text) {
  if (node.data === text) return
  if (text.startsWith(node.data)) node.appendData(text.slice(node.data.length))
  else node.data = text
}

const ICONS = {
  menu: 'M4 7h16M4 12h16M4 17h10',
  send: 'M12 19V5M6 11l6-6 6 6',
  code: 'M8 8l-4 4 4 4M16 8l4 4-4 4M13.5 6l-3 12',
  search: 'M11 18a7 7 0 1 1 0-14 7 7 0 0 1 0 14zM16.5 16.5L21 21',
  function: 'M14 6h-2a2 2 0 0 0-2 2v10a2 2 0 0 1-2 2H7M7 12h7',
  image: 'M4 5h16v14H4zM4 16l5-5 5 5 2.5-2.5L20 16',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18',
  pencil: 'M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5',
  plug: 'M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4',
  screen: 'M3 5h18v11H3zM9 20h6M12 16v4',
  shield: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 11.5l2.2 2.2L15.2 9.5',
  terminal: 'M4 5h16v14H4zM7.5 9.5l3 2.5-3 2.5M13 15h4',
  thought: 'M9.5 17h5M10.5 20.5h3M12 3a6 6 0 0 1 3.5 10.9c-.7.6-1 1.2-1 3.1h-5c0-1.9-.3-2.5-1-3.1' +
    'A6 6 0 0 1 12 3z',
  tool: 'M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM12 3v3M12 18v3M3 12h3M18 12h3',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20a6 6 0 0 1 12 0M16 4.5a3.5 3.5 0 0 1 0 6' +
    'M18 14.5a6 6 0 0 1 3 5.5',
  warning: 'M12 4l9 16H3zM12 10v4M12 17v.5',
}

/** @typedef {keyof typeof ICONS} IconName */

/**
 * A drawing that says nothing: whatever it stands beside says it in words.
 *
 * @param {IconName} name
 */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg'
  const drawing = document.createElementNS(space, 'svg')
  const path = document.createElementNS(space, 'path')
  drawing.setAttribute('viewBox', '0 0 24 24')
  drawing.setAttribute('class', 'icon')
  drawing.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', ICONS[name])
  drawing.append(path)
  return drawing
}
