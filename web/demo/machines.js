/** What the items of a response say that make something happen: code, commands, files, images. */

import { image, list, log, plain, prose } from './results.js'

/** @import { Describe } from './calls.js' */
/** @import { Result } from './results.js' */

/** @type {Readonly<Record<string, Describe>>} */
export const MACHINES = {
  code_interpreter_call: codeInterpreterCall,
  image_generation_call: imageGenerationCall,
  shell_call: shellCall,
  local_shell_call: localShellCall,
  apply_patch_call: applyPatchCall,
  computer_call: computerCall,
  program,
}

const VERBS = { create_file: 'Create', update_file: 'Change', delete_file: 'Delete' }

/** @type {Describe} */
function codeInterpreterCall({ code, outputs }) {
  const results = list(outputs).map((output, position) => {
    const key = `${position}`
    return output?.type === 'image' ? image(key, output) : log(key, output?.logs ?? output)
  })
  return { title: 'Code interpreter', icon: 'code', input: plain(code), results }
}

/**
 * The finished image is a message; until then there may be a first sight of it.
 *
 * @type {Describe}
 */
function imageGenerationCall(item) {
  const { result, partial_images: partials, output_format: format, revised_prompt: prompt } = item
  const partial = !result && list(partials).at(-1)?.partial_image_b64
  const results = [
    ...(partial ? [image('partial', { url: imageUrl(partial, format) })] : []),
    ...(prompt ? [prose('prompt', prompt)] : []),
    ...(item.error ? [log('error', item.error.message ?? item.error)] : []),
  ]
  return { title: 'Image generation', icon: 'image', input: '', results }
}

/**
 * @param {unknown} base64
 * @param {unknown} format
 */
function imageUrl(base64, format) {
  const kind = /^[a-z]+$/.test(plain(format)) ? plain(format) : 'png'
  return `data:image/${kind === 'svg' ? 'svg+xml' : kind};base64,${plain(base64)}`
}

/** @type {Describe} */
function shellCall({ action }, answer) {
  const results = list(answer?.output).flatMap((output, position) => printed(output, position))
  const input = list(action?.commands).map(plain).join('\n')
  return { title: 'Shell', icon: 'terminal', input, results }
}

/**
 * @param {any} output of one command
 * @param {number} position
 * @returns {Result[]}
 */
function printed(output, position) {
  const { stdout, stderr, outcome } = output ?? {}
  const code = outcome?.exit_code
  const end = outcome?.type === 'timeout' ? 'It took too long.' : code && `It ended with ${code}.`
  return Object.entries({ stdout, stderr, end })
    .filter(([, text]) => text)
    .map(([name, text]) => log(`${name}${position}`, text))
}

/** @type {Describe} */
function localShellCall({ action }, answer) {
  const input = list(action?.command).map(plain).join(' ')
  const results = answer?.output ? [log('output', answer.output)] : []
  return { title: 'Shell', icon: 'terminal', input, results }
}

/** @type {Describe} */
function applyPatchCall({ operation }, answer) {
  const { type, path, diff } = operation ?? {}
  const verb = Object.entries(VERBS).find(([name]) => name === type)?.[1] ?? 'Patch'
  const results = answer?.output ? [log('output', answer.output)] : []
  return { title: `${verb} ${plain(path)}`.trim(), icon: 'pencil', input: plain(diff), results }
}

/** @type {Describe} */
function computerCall({ action, actions, pending_safety_checks: checks }, answer) {
  const steps = [...(action ? [action] : []), ...list(actions)]
  const { image_url: url, file_id: fileId } = answer?.output ?? {}
  const warnings = list(checks).map((check, position) =>
    log(`check${position}`, `To accept: ${plain(check?.message || check?.code || check)}`),
  )
  const shot = url || fileId ? [image('shot', url ? { url } : { fileId })] : []
  const input = steps.map(step).join('\n')
  return { title: 'Computer', icon: 'screen', input, results: [...warnings, ...shot] }
}

/**
 * An action in one line, such as `click x: 10, y: 20`.
 *
 * @param {any} action
 */
function step(action) {
  const { type = '', ...rest } = action ?? {}
  const details = Object.entries(rest).filter(([, value]) => value !== null)
  const words = details.map(([name, value]) => `${name}: ${inLine(value)}`)
  return `${plain(type)} ${words.join(', ')}`.trim()
}

/** @param {unknown} value */
function inLine(value) {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** @type {Describe} */
function program({ code }, answer) {
  const results = answer?.result ? [log('result', answer.result)] : []
  return { title: 'Program', icon: 'code', input: plain(code), results }
}
