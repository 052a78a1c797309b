// The rules of the reducer as cases, which both languages are held to; see tests/reducer/rules.py.
import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('../reducer/rules/', import.meta.url)

/**
 * The cases that say something of `thread`, `runs`, `run`, and so on.
 *
 * @param {string} kind
 * @returns {any[]}
 */
export function cases(kind) {
  const found = readdirSync(FOLDER)
    .flatMap((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')))
    .filter((rule) => kind in rule)
    .map(whole)
  if (!found.length) throw new Error(`there are no cases of ${kind}`)
  return found
}

/**
 * @param {any} rule
 * @returns {any}
 */
function whole(rule) {
  const run = rule.in ? { run: rule.in } : {}
  const names = ['before', 'thread'].filter((name) => name in rule)
  const lists = Object.fromEntries(names.map((name) => [name, filled(rule[name], rule)]))
  const events = (rule.events ?? []).map((/** @type {any} */ event) => ({ ...run, ...event }))
  return { ...rule, ...lists, events }
}

/**
 * @param {any} value
 * @param {any} rule
 * @returns {any}
 */
function filled(value, rule) {
  if (Array.isArray(value)) return value.map((entry) => filled(entry, rule))
  const isAnswer = value?.output_index !== undefined
  return isAnswer ? { ...rule.common, ...value } : value
}
