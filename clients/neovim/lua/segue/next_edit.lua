--- Next edits: drawn where they belong, reached with one key and applied with the same.
local rpc = require('segue.rpc')

local M = {}

local namespace = vim.api.nvim_create_namespace('segue.next_edit')
local DELAY_MS = 150

---@class segue.NextEdit
---@field client vim.lsp.Client
---@field edit table the server's edit
---@field buffer integer? of the edit's file, while it is loaded
---@field tick integer changedtick of the buffer the edit was computed for

---@type segue.NextEdit?
local current
local timer = assert(vim.uv.new_timer())
local HOLD_MS = 400
local busy = false --- Tab is held back until the answer that follows an edit: in between it does nothing, and never indents
local hold = assert(vim.uv.new_timer())

local function wipe()
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) then
      vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
    end
  end
end

function M.clear()
  timer:stop()
  current = nil
  wipe()
end

--- Split an edit of one line into what both texts share and what differs.
local function difference(old, new)
  local head = 0
  while head < math.min(#old, #new) and old:byte(head + 1) == new:byte(head + 1) do
    head = head + 1
  end
  while head > 0 and (old:byte(head + 1) or 0) >= 0x80 and (old:byte(head + 1) or 0) < 0xC0 do
    head = head - 1
  end
  local tail = 0
  while tail < math.min(#old, #new) - head and old:byte(#old - tail) == new:byte(#new - tail) do
    tail = tail + 1
  end
  while tail > 0 and old:byte(#old - tail + 1) >= 0x80 and old:byte(#old - tail + 1) < 0xC0 do
    tail = tail - 1
  end
  return head, #old - tail, new:sub(head + 1, #new - tail)
end

local function mark(buffer, row, column, options)
  vim.api.nvim_buf_set_extmark(buffer, namespace, row, column, options)
end

--- Old lines that change, and the lines that take their place.
local function changed_lines(buffer, edit)
  local range = edit.range
  local last = range['end'].character == 0 and range['end'].line - 1 or range['end'].line
  last = math.min(last, vim.api.nvim_buf_line_count(buffer) - 1)
  local old = vim.api.nvim_buf_get_lines(buffer, range.start.line, last + 1, false)
  local new = vim.split((edit.text:gsub('\r', ''):gsub('\n$', '')), '\n', { plain = true })
  if edit.text == '' then
    new = {}
  end
  return old, new, range.start.line
end

local function draw_edit(buffer, edit)
  local old, new, row = changed_lines(buffer, edit)
  if #old == 1 and #new == 1 then
    local first, last, text = difference(old[1], new[1])
    if last > first then
      mark(buffer, row, first, { end_col = last, hl_group = 'SegueRemoved' })
    end
    if text ~= '' then
      mark(buffer, row, last, { virt_text = { { text, 'SegueAdded' } }, virt_text_pos = 'inline' })
    end
    return
  end
  for index, line in ipairs(old) do
    if line ~= '' then
      mark(buffer, row + index - 1, 0, { end_col = #line, hl_group = 'SegueRemoved' })
    end
  end
  local below = {}
  for index, line in ipairs(new) do
    below[index] = { { line, 'SegueAdded' } }
  end
  if #below > 0 then
    local last = math.min(row + math.max(#old, 1), vim.api.nvim_buf_line_count(buffer)) - 1
    mark(buffer, last, 0, { virt_lines = below, virt_lines_above = #old == 0 and row == last + 1 })
  end
end

local function release()
  hold:stop()
  busy = false
end

--- Whether the text of the edit's buffer is another one now: keys that come fast can do that without an event of their own.
local function is_outdated(state)
  local buffer = state.buffer
  return buffer ~= nil and (not vim.api.nvim_buf_is_loaded(buffer) or vim.api.nvim_buf_get_changedtick(buffer) ~= state.tick)
end

local function is_here(state)
  local row = vim.api.nvim_win_get_cursor(0)[1] - 1
  local range = state.edit.range
  local last = math.max(range.start.line, range['end'].character == 0 and range['end'].line - 1 or range['end'].line)
  return vim.api.nvim_get_current_buf() == state.buffer and row >= range.start.line and row <= last
end

local hinted = { buffer = 0, row = 0 } --- where the hint is drawn

local function draw_hint(state)
  local buffer = vim.api.nvim_get_current_buf()
  hinted = { buffer = buffer, row = vim.api.nvim_win_get_cursor(0)[1] }
  local key = require('segue').config.keys.next_edit
  local text
  if is_here(state) then
    text = key .. ': accept'
  else
    local line = state.edit.range.start.line + 1
    local name = vim.fn.fnamemodify(vim.uri_to_fname(state.edit.textDocument.uri), ':.')
    local place = state.buffer == buffer and ('line ' .. line) or (name .. ':' .. line)
    text = ('%s: go to %s (%s)'):format(key, place, state.edit.reason ~= '' and state.edit.reason or state.edit.kind)
  end
  mark(buffer, vim.api.nvim_win_get_cursor(0)[1] - 1, 0, { virt_text = { { text, 'SegueHint' } }, virt_text_pos = 'eol' })
end

local function draw()
  if not current then
    return
  end
  if is_outdated(current) then
    return M.clear()
  end
  wipe()
  if current.buffer and vim.api.nvim_buf_is_loaded(current.buffer) and current.edit.text then
    draw_edit(current.buffer, current.edit)
  end
  draw_hint(current)
end

--- Show an edit of the server.
local function show(client, edit)
  local path = vim.uri_to_fname(edit.textDocument.uri)
  local buffer = vim.fn.bufnr('^' .. vim.fn.escape(path, '*?[]{}') .. '$')
  local loaded = buffer >= 0 and vim.api.nvim_buf_is_loaded(buffer)
  M.clear()
  current = { client = client, edit = edit, buffer = loaded and buffer or nil, tick = loaded and vim.api.nvim_buf_get_changedtick(buffer) or -1 }
  draw()
  rpc.notify(client, 'textDocument/didShowInlineEdit', rpc.feedback(edit))
end

--- Ask for next edits; `manual` shows the best one even where the gate would rather not.
---@param manual boolean?
---@param choose boolean? let the user choose among all of them
function M.request(manual, choose)
  local buffer = vim.api.nvim_get_current_buf()
  local client = require('segue').client(buffer)
  if not client then
    return
  end
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.textDocument.version = tick
  rpc.request(client, 'segue/nextEdits', params, function(_, result)
    if vim.api.nvim_get_current_buf() ~= buffer or vim.api.nvim_buf_get_changedtick(buffer) ~= tick then
      return
    end
    release()
    local edits = result and result.edits or {}
    if choose and #edits > 0 then
      return M.choose(client, edits)
    end
    if edits[1] and (manual or result.shown) then
      return show(client, edits[1])
    end
    M.clear()
    if manual then
      vim.notify('Segue: ' .. (result and result.silence ~= '' and result.silence or 'no next edit'))
    end
  end, buffer)
end

--- The server has better next edits than those it gave.
function M.refresh(params)
  local buffer = vim.api.nvim_get_current_buf()
  local same = buffer == vim.uri_to_bufnr(params.textDocument.uri)
  if same and vim.api.nvim_buf_get_changedtick(buffer) == params.textDocument.version then
    M.request()
  end
end

function M.choose(client, edits)
  vim.ui.select(edits, {
    prompt = 'Next edits',
    format_item = function(edit)
      local name = vim.fn.fnamemodify(vim.uri_to_fname(edit.textDocument.uri), ':.')
      return ('%s:%d  %s'):format(name, edit.range.start.line + 1, edit.reason ~= '' and edit.reason or edit.kind)
    end,
  }, function(edit)
    if edit then
      show(client, edit)
      M.jump_or_apply()
    end
  end)
end

local function jump(state)
  local path = vim.uri_to_fname(state.edit.textDocument.uri)
  if vim.api.nvim_get_current_buf() ~= state.buffer then
    vim.cmd.edit(vim.fn.fnameescape(path))
    state.buffer = vim.api.nvim_get_current_buf()
    state.tick = vim.api.nvim_buf_get_changedtick(state.buffer)
  else
    vim.cmd("normal! m'")
  end
  current = state
  local row = math.min(state.edit.range.start.line + 1, vim.api.nvim_buf_line_count(0))
  local column = #(vim.api.nvim_buf_get_lines(0, row - 1, row, false)[1] or ''):match('^%s*')
  vim.api.nvim_win_set_cursor(0, { row, column })
  draw()
end

--- Select what the user has to fill in, so that the next key replaces it.
local function select_placeholder(state)
  local place = state.edit.placeholder
  if type(place) ~= 'table' then
    return
  end
  local row = place.start.line
  local line = vim.api.nvim_buf_get_lines(0, row, row + 1, false)[1] or ''
  local function column(position)
    if state.client.offset_encoding == 'utf-8' then
      return position.character
    end
    return math.max(vim.fn.byteidx(line, position.character, state.client.offset_encoding == 'utf-16'), 0)
  end
  vim.cmd.stopinsert()
  vim.schedule(function()
    vim.api.nvim_win_set_cursor(0, { row + 1, column(place.start) })
    vim.cmd('normal! v')
    vim.api.nvim_win_set_cursor(0, { row + 1, math.max(column(place['end']) - 1, 0) })
    vim.api.nvim_feedkeys(vim.keycode('<C-g>'), 'n', false)
  end)
end

local function apply(state)
  M.clear()
  if state.edit.text then
    -- One step of undo of its own, also in insert mode.
    vim.api.nvim_buf_call(state.buffer, function()
      vim.cmd('let &l:undolevels = &l:undolevels')
    end)
    local change = { range = state.edit.range, newText = state.edit.text }
    vim.lsp.util.apply_text_edits({ change }, state.buffer, state.client.offset_encoding)
    select_placeholder(state)
  end
  rpc.run(state.client, state.edit.command, state.buffer)
  busy = true
  hold:start(HOLD_MS, 0, vim.schedule_wrap(release))
  M.request()
end

--- Whether Tab belongs to the next edit at any column: the edit is on the screen at the cursor, or being applied.
function M.owns_tab()
  return busy or (current ~= nil and not is_outdated(current) and is_here(current))
end

--- Go to the next edit, or apply it where the cursor is there. Returns whether there was one.
function M.jump_or_apply()
  if busy then
    return true
  end
  local state = current
  if not state then
    return false
  end
  if is_outdated(state) then
    M.clear()
    return false
  end
  local here = is_here(state)
  local ok, failure = pcall(here and apply or jump, state)
  require('segue.undo').begin_change()
  if not ok then
    release()
    vim.notify('Segue: ' .. failure, vim.log.levels.ERROR)
  end
  return true
end

function M.dismiss()
  if current then
    rpc.notify(current.client, 'segue/didReject', { id = rpc.id(current.edit), reason = 'dismissed' })
    M.clear()
    return true
  end
  return false
end

function M.setup(group)
  vim.api.nvim_set_hl(0, 'SegueRemoved', { link = 'DiffDelete', default = true })
  vim.api.nvim_set_hl(0, 'SegueAdded', { link = 'DiffAdd', default = true })
  vim.api.nvim_set_hl(0, 'SegueHint', { link = 'NonText', default = true })
  local function ask_soon()
    timer:stop()
    timer:start(DELAY_MS, 0, vim.schedule_wrap(function()
      M.request()
    end))
  end
  vim.api.nvim_create_autocmd({ 'TextChanged', 'TextChangedI', 'TextChangedP', 'InsertEnter', 'InsertLeave' }, {
    group = group,
    callback = function()
      if current and is_outdated(current) then
        M.clear()
      end
      ask_soon()
    end,
  })
  vim.api.nvim_create_autocmd({ 'CursorMoved', 'CursorMovedI' }, { group = group, callback = draw })
  -- Keys that come fast can leave the text and the cursor others than the last event said.
  vim.api.nvim_create_autocmd('SafeState', {
    group = group,
    callback = function()
      local here = { buffer = vim.api.nvim_get_current_buf(), row = vim.api.nvim_win_get_cursor(0)[1] }
      if current and is_outdated(current) then
        M.clear()
        ask_soon()
      elseif current and not vim.deep_equal(here, hinted) then
        draw()
      end
    end,
  })
end

return M
