--- Questions about the repository: the answer in a scratch buffer, its places in the quickfix list.
local rpc = require('segue.rpc')
local partial = require('segue.partial')

local M = {}

---@type integer? the buffer of the conversation
local buffer
---@type { question: string, answer: string }[]
local thread = {}
---@type vim.lsp.Client?
local client
---@type integer? the request that runs
local running

local function is_open()
  return buffer ~= nil and vim.api.nvim_buf_is_valid(buffer)
end

local function append(lines, from)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, from, -1, false, lines)
  vim.bo[buffer].modifiable = false
end

--- Write the answer that begins at line `from` anew; windows that show its end follow it.
local function show(from, markdown)
  if not is_open() then
    return
  end
  local windows = vim.tbl_filter(function(window)
    return vim.api.nvim_win_get_cursor(window)[1] >= vim.api.nvim_buf_line_count(buffer)
  end, vim.fn.win_findbuf(buffer))
  append(vim.split((markdown:gsub('\r', '')), '\n', { plain = true }), from)
  for _, window in ipairs(windows) do
    vim.api.nvim_win_set_cursor(window, { vim.api.nvim_buf_line_count(buffer), 0 })
  end
end

--- The file and line of a link on the cursor's line.
local function link_here()
  local line = vim.api.nvim_get_current_line()
  local column = vim.api.nvim_win_get_cursor(0)[2] + 1
  local first
  for start, uri, number, stop in line:gmatch('()%]%(<?(file://[^)#>]*)#?L?(%d*)[^)]*%)()') do
    first = first or { uri, tonumber(number) or 1 }
    if column <= stop and column >= (line:sub(1, start):match('.*()%[') or start) then
      return uri, tonumber(number) or 1
    end
  end
  if first then
    return first[1], first[2]
  end
end

--- Open the place that the cursor's line names, in the window beside.
function M.open_place()
  local uri, line = link_here()
  if not uri then
    return
  end
  vim.cmd.wincmd('p')
  if vim.api.nvim_get_current_buf() == buffer then
    vim.cmd('aboveleft split')
  end
  vim.cmd.edit(vim.fn.fnameescape(vim.uri_to_fname(uri)))
  vim.api.nvim_win_set_cursor(0, { math.min(line, vim.api.nvim_buf_line_count(0)), 0 })
end

local function open_buffer()
  if not is_open() then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, 'segue://ask')
    vim.bo[buffer].filetype = 'markdown'
    vim.bo[buffer].modifiable = false
    local function key(name, action, description)
      vim.keymap.set('n', name, action, { buffer = buffer, desc = 'Segue: ' .. description })
    end
    key('<CR>', M.open_place, 'open the place')
    key('i', function()
      M.ask('')
    end, 'ask a follow-up question')
    key('<C-c>', M.cancel, 'stop the answer')
    key('N', M.start_anew, 'begin a new conversation')
    key('q', '<Cmd>close<CR>', 'close')
  end
  if vim.fn.bufwinid(buffer) == -1 then
    vim.cmd('botright split')
    vim.api.nvim_win_set_buf(0, buffer)
    vim.wo.wrap = true
    vim.wo.conceallevel = 2
  end
end

local function fill_quickfix(places, question)
  if #places == 0 then
    return
  end
  local items = vim.tbl_map(function(place)
    return {
      filename = vim.uri_to_fname(place.uri),
      lnum = place.range.start.line + 1,
      end_lnum = place.range['end'].line,
      text = (place.signature and place.signature ~= '' and place.signature) or place.symbol or '',
    }
  end, places)
  vim.fn.setqflist({}, ' ', { title = 'Segue: ' .. question, items = items })
end

local function places_text(places)
  return table.concat(
    vim.tbl_map(function(place)
      return ('- [%s:%d](%s#L%d)'):format(place.path, place.range.start.line + 1, place.uri, place.range.start.line + 1)
    end, places),
    '\n'
  )
end

local function send(question, place)
  local begins = #thread == 0 and 0 or vim.api.nvim_buf_line_count(buffer)
  append({ '# ' .. question, '', '…' }, begins)
  local from = begins + 2
  local found, written = '', ''
  local token = partial.expect(function(value)
    if value.places then
      found = places_text(value.places)
    end
    written = written .. (value.markdown or '')
    show(from, written ~= '' and written or found)
  end)
  local params = vim.tbl_extend('force', place, { question = question, thread = thread, partialResultToken = token })
  running = rpc.request(client, 'segue/ask', params, function(failure, answer)
    partial.finish(token)
    running = nil
    if failure then
      show(from, (written ~= '' and written .. '\n\n' or '') .. failure.message .. '\n')
      return
    end
    show(from, answer.markdown .. '\n')
    fill_quickfix(answer.places or {}, question)
    thread[#thread + 1] = { question = question, answer = answer.markdown }
  end)
end

--- Ask; an open conversation goes on. `command` says which lines the question is about.
---@param question string
---@param command { range: integer, line1: integer, line2: integer }?
function M.ask(question, command)
  local here = require('segue').client()
  local place = {}
  if here then
    client = here
    local code = require('segue.place').of(command)
    place = { uri = code.textDocument.uri, range = code.range }
  end
  if not client or client:is_stopped() then
    vim.notify('Segue does not run in this buffer', vim.log.levels.WARN)
    return
  end
  local function go(asked)
    if asked and asked:find('%S') then
      M.cancel()
      open_buffer()
      send(vim.trim(asked), place)
    end
  end
  if question ~= '' then
    go(question)
  else
    vim.ui.input({ prompt = #thread > 0 and 'Follow-up: ' or 'Ask about this repository: ' }, go)
  end
end

--- Stop the answer that is being written.
function M.cancel()
  if running and client then
    rpc.cancel(client, running)
    running = nil
  end
end

function M.start_anew()
  M.cancel()
  thread = {}
  if is_open() then
    append({}, 0)
  end
  M.ask('')
end

return M
