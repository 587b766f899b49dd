--- Changing code by an instruction: a diff of hunks that are accepted or rejected; the code stays as it is before that.
local rpc = require('segue.rpc')
local partial = require('segue.partial')
local problems = require('segue.problems')

local M = {}

local namespace = vim.api.nvim_create_namespace('segue.change')

---@class segue.Hunk
---@field edit table the server's edit, for the text it was made for
---@field old string[] the lines that it changes
---@field new string[] what they become
---@field mark integer where it is in the buffer now

---@class segue.Review
---@field buffer integer the code
---@field diff integer the buffer of the diff
---@field encoding string
---@field hunks segue.Hunk[]
---@field warning string
---@field before segue.Before? the code before the first part was accepted

---@type segue.Review?
local review

local function lines_of(text)
  return vim.split((text:gsub('\r', '')), '\n', { plain = true })
end

--- The lines that an edit changes and what they become, without what both begin and end with; and the first line.
local function compared(buffer, edit, encoding)
  local first, last = edit.range.start.line, math.min(edit.range['end'].line, vim.api.nvim_buf_line_count(buffer) - 1)
  local old = vim.api.nvim_buf_get_lines(buffer, first, last + 1, false)
  local head = old[1]:sub(1, rpc.byte_index(old[1], edit.range.start.character, encoding))
  local past_end = edit.range['end'].line > last
  local tail = past_end and '' or old[#old]:sub(rpc.byte_index(old[#old], edit.range['end'].character, encoding) + 1)
  local new = lines_of(head .. edit.newText .. tail)
  if past_end and new[#new] == '' then
    new[#new] = nil -- the end of the last line is no line
  end
  while #old > 0 and #new > 0 and old[#old] == new[#new] do
    old[#old], new[#new] = nil, nil
  end
  while #old > 0 and #new > 0 and old[1] == new[1] do
    table.remove(old, 1)
    table.remove(new, 1)
    first = first + 1
  end
  return old, new, first
end

local function row_of(hunk)
  return vim.api.nvim_buf_get_extmark_by_id(review.buffer, namespace, hunk.mark, {})[1]
end

local function draw()
  local lines, rows = {}, {}
  if review.warning ~= '' then
    lines[#lines + 1] = '# ' .. review.warning
  end
  lines[#lines + 1] = '# a: accept this part   r: reject it   A: accept all   q: reject all   <CR>: go there'
  for index, hunk in ipairs(review.hunks) do
    local row = row_of(hunk) + 1
    lines[#lines + 1] = ('@@ -%d,%d +%d,%d @@'):format(row, #hunk.old, row, #hunk.new)
    vim.list_extend(lines, vim.tbl_map(function(line)
      return '-' .. line
    end, hunk.old))
    vim.list_extend(lines, vim.tbl_map(function(line)
      return '+' .. line
    end, hunk.new))
    rows[index] = #lines
  end
  review.rows = rows
  vim.bo[review.diff].modifiable = true
  vim.api.nvim_buf_set_lines(review.diff, 0, -1, false, lines)
  vim.bo[review.diff].modifiable = false
end

--- Leave everything as it is.
function M.close()
  local gone = review
  review = nil
  if gone then
    if gone.before then
      problems.watch(gone.before)
    end
    if vim.api.nvim_buf_is_valid(gone.buffer) then
      vim.api.nvim_buf_clear_namespace(gone.buffer, namespace, 0, -1)
    end
    if vim.api.nvim_buf_is_valid(gone.diff) then
      vim.api.nvim_buf_delete(gone.diff, { force = true })
    end
  end
end

--- The number of the hunk under the cursor of the diff.
local function here()
  local row = vim.api.nvim_win_get_cursor(0)[1]
  for index, last in ipairs(review.rows) do
    if row <= last then
      return index
    end
  end
  return #review.hunks
end

local function drop(index)
  table.remove(review.hunks, index)
  if #review.hunks == 0 then
    M.close()
  else
    draw()
  end
end

--- Replace the lines of a hunk where they are now; returns whether they still read what it was made for.
local function apply(hunk)
  local row = row_of(hunk)
  local now = vim.api.nvim_buf_get_lines(review.buffer, row, row + #hunk.old, false)
  if not vim.deep_equal(now, hunk.old) then
    vim.notify('Segue: the text there has changed since; nothing was inserted.', vim.log.levels.WARN)
    return false
  end
  review.before = review.before or problems.before(review.buffer)
  vim.api.nvim_buf_set_lines(review.buffer, row, row + #hunk.old, false, hunk.new)
  return true
end

function M.accept()
  local index = here()
  if apply(review.hunks[index]) then
    drop(index)
  end
end

function M.reject()
  drop(here())
end

function M.accept_all()
  local joined = false
  vim.api.nvim_buf_call(review.buffer, function()
    for index = #review.hunks, 1, -1 do
      if joined then
        pcall(vim.cmd.undojoin)
      end
      if not apply(review.hunks[index]) then
        return
      end
      joined = true
      table.remove(review.hunks, index)
    end
  end)
  if #review.hunks == 0 then
    M.close()
  else
    draw()
  end
end

local function go_there()
  local row = row_of(review.hunks[here()])
  local window = vim.fn.bufwinid(review.buffer)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
    vim.api.nvim_win_set_cursor(window, { row + 1, 0 })
  end
end

local function open_diff()
  local diff = vim.api.nvim_create_buf(false, true)
  vim.bo[diff].filetype = 'diff'
  vim.bo[diff].bufhidden = 'wipe'
  local keys = { a = M.accept, r = M.reject, A = M.accept_all, q = M.close, ['<CR>'] = go_there }
  for key, action in pairs(keys) do
    vim.keymap.set('n', key, action, { buffer = diff, nowait = true, desc = 'Segue: decide about the change' })
  end
  vim.cmd('botright split')
  vim.api.nvim_win_set_buf(0, diff)
  return diff
end

local function unknown(names)
  local told = vim.tbl_map(function(one)
    return one.definedIn ~= '' and ('%s (not imported from %s)'):format(one.name, one.definedIn) or one.name
  end, names or {})
  return #told > 0 and 'Not known here: ' .. table.concat(told, ', ') or ''
end

local function show(buffer, encoding, change, diff)
  local hunks = {}
  for index, edit in ipairs(change.edits) do
    local old, new, row = compared(buffer, edit, encoding)
    local mark = vim.api.nvim_buf_set_extmark(buffer, namespace, math.min(row, vim.api.nvim_buf_line_count(buffer)), 0, {
      right_gravity = false,
    })
    hunks[index] = { edit = edit, old = old, new = new, mark = mark }
  end
  review = { buffer = buffer, diff = diff, encoding = encoding, hunks = hunks, warning = unknown(change.unknownNames), rows = {} }
  draw()
  if #(change.notes or {}) > 0 then
    vim.notify('Segue: ' .. table.concat(change.notes, ' '))
  end
end

local function send(client, params)
  local buffer = vim.uri_to_bufnr(params.textDocument.uri)
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  M.close()
  local diff = open_diff()
  local written = ''
  local function put(lines)
    if vim.api.nvim_buf_is_valid(diff) then
      vim.bo[diff].modifiable = true
      vim.api.nvim_buf_set_lines(diff, 0, -1, false, lines)
      vim.bo[diff].modifiable = false
    end
  end
  put({ '# asking the model…' })
  params.partialResultToken = partial.expect(function(value)
    written = written .. (value.text or '')
    put(vim.tbl_map(function(line)
      return '+' .. line
    end, lines_of(written)))
  end)
  rpc.request(client, 'segue/edit', params, function(failure, change)
    partial.finish(params.partialResultToken)
    if failure or not vim.api.nvim_buf_is_valid(diff) or tick ~= vim.api.nvim_buf_get_changedtick(buffer) then
      if vim.api.nvim_buf_is_valid(diff) then
        vim.api.nvim_buf_delete(diff, { force = true })
        vim.notify('Segue: ' .. (failure and failure.message or 'the file changed meanwhile; nothing was done.'), vim.log.levels.WARN)
      end
      return
    end
    show(buffer, client.offset_encoding, change, diff)
  end, buffer)
end

--- Change the lines of a command's range, or the definition at the cursor.
---@param instruction string
---@param command { range: integer, line1: integer, line2: integer }?
function M.change(instruction, command)
  local client = require('segue').client()
  if not client then
    vim.notify('Segue does not run in this buffer', vim.log.levels.WARN)
    return
  end
  local params = require('segue.place').of(command)
  local function go(asked)
    if asked and asked:find('%S') then
      params.instruction = vim.trim(asked)
      send(client, params)
    end
  end
  if instruction ~= '' then
    go(instruction)
  else
    vim.ui.input({ prompt = 'Change the code: ' }, go)
  end
end

--- A code action of the server that changes code: its change is decided about like any other.
function M.run(command, context)
  local client = vim.lsp.get_client_by_id(context.client_id)
  if client then
    send(client, vim.deepcopy(command.arguments[1]))
  end
end

return M
