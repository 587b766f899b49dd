--- Ghost text. Neovim 0.12 draws it itself; on 0.10 and 0.11 this module asks, draws and inserts.
local M = {}

local rpc = require('segue.rpc')

local namespace = vim.api.nvim_create_namespace('segue.ghost')
local DELAY_MS = 30

---@class segue.Shown
---@field buffer integer
---@field row integer
---@field column integer byte column of the cursor when the item came
---@field items table[]
---@field index integer
---@field client vim.lsp.Client
---@field reported boolean
---@field drawn string the text drawn last

---@type segue.Shown?
local shown
local timer = assert(vim.uv.new_timer())
local pending ---@type { client: vim.lsp.Client, id: integer }?

function M.is_native()
  return vim.lsp.inline_completion ~= nil
end

local function notify(method, params)
  if shown then
    rpc.notify(shown.client, method, params)
  end
end

--- What of an item is still to be inserted at the cursor, or nil when the text went another way.
local function rest(state)
  local item = state.items[state.index]
  local cursor = vim.api.nvim_win_get_cursor(0)
  if vim.api.nvim_get_current_buf() ~= state.buffer or cursor[1] - 1 ~= state.row or cursor[2] < state.column then
    return nil
  end
  local line = vim.api.nvim_get_current_line()
  local typed = line:sub(state.column + 1, cursor[2])
  local text = item.insertText
  if text:sub(1, #typed) ~= typed then
    return nil
  end
  return text:sub(#typed + 1), #typed
end

function M.clear()
  if shown then
    if vim.api.nvim_buf_is_valid(shown.buffer) then
      vim.api.nvim_buf_clear_namespace(shown.buffer, namespace, 0, -1)
    end
    shown = nil
  end
end

local function draw()
  if not shown then
    return
  end
  vim.api.nvim_buf_clear_namespace(shown.buffer, namespace, 0, -1)
  local text = rest(shown)
  if not text or text == '' then
    return M.clear()
  end
  local lines = vim.split(text, '\n', { plain = true })
  local below = {}
  for index = 2, #lines do
    below[#below + 1] = { { lines[index], 'SegueGhost' } }
  end
  vim.api.nvim_buf_set_extmark(shown.buffer, namespace, shown.row, vim.api.nvim_win_get_cursor(0)[2], {
    virt_text = { { lines[1], 'SegueGhost' } },
    virt_text_pos = 'inline',
    virt_lines = #below > 0 and below or nil,
    hl_mode = 'combine',
  })
  shown.drawn = text
  if not shown.reported then
    shown.reported = true
    notify('textDocument/didShowCompletion', rpc.feedback(shown.items[shown.index]))
  end
end

local function cancel()
  if pending then
    rpc.cancel(pending.client, pending.id)
    pending = nil
  end
end

--- Ask for ghost text at the cursor.
---@param kind integer 1 asked for by the user, 2 automatic
function M.request(kind)
  local buffer = vim.api.nvim_get_current_buf()
  local client = require('segue').client(buffer)
  if not client or vim.api.nvim_get_mode().mode:sub(1, 1) ~= 'i' or vim.fn.pumvisible() == 1 then
    return
  end
  cancel()
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  local cursor = vim.api.nvim_win_get_cursor(0)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.context = { triggerKind = kind }
  local id = rpc.request(client, 'textDocument/inlineCompletion', params, function(_, result)
    pending = nil
    local items = result and (result.items or result) or {}
    local now = vim.api.nvim_win_get_cursor(0)
    if
      #items == 0
      or vim.api.nvim_get_current_buf() ~= buffer
      or vim.api.nvim_buf_get_changedtick(buffer) ~= tick
      or now[1] ~= cursor[1]
      or now[2] ~= cursor[2]
    then
      return
    end
    M.clear()
    shown = {
      buffer = buffer,
      row = cursor[1] - 1,
      column = cursor[2],
      items = items,
      index = 1,
      client = client,
      reported = false,
      drawn = '',
    }
    draw()
  end, buffer)
  if id then
    pending = { client = client, id = id }
  end
end

local function schedule()
  timer:stop()
  timer:start(DELAY_MS, 0, vim.schedule_wrap(function()
    M.request(2)
  end))
end

--- The server has a better answer than the one it gave.
function M.refresh(params)
  local buffer = vim.uri_to_bufnr(params.textDocument.uri)
  if buffer ~= vim.api.nvim_get_current_buf() or vim.api.nvim_buf_get_changedtick(buffer) ~= params.textDocument.version then
    return
  end
  if not M.is_native() then
    M.request(2)
  elseif vim.api.nvim_get_mode().mode:sub(1, 1) == 'i' then
    -- The native client asks again when the cursor moves in insert mode; the cache answers at once.
    vim.api.nvim_exec_autocmds('CursorMovedI', { buffer = buffer })
  end
end

--- Insert `text` at the cursor as it was, replacing what the item covers after it, and go to its end.
local function insert(cursor, text, covered)
  local row, column = cursor[1] - 1, cursor[2]
  local lines = vim.split(text, '\n', { plain = true })
  vim.api.nvim_buf_set_text(0, row, column, row, column + covered, lines)
  local last = #lines == 1 and column + #text or #lines[#lines]
  vim.api.nvim_win_set_cursor(0, { row + #lines, last })
end

local function covered_bytes(item)
  if not item.range or item.range['end'].line ~= item.range.start.line then
    return 0
  end
  return item.range['end'].character - item.range.start.character
end

--- Take a suggestion that Neovim drew. Until its next answer comes, Neovim goes on showing a suggestion through which
--- the user types, but would insert all of it at the old place: what was typed counts here.
local function accept_native(item, cursor)
  local client = vim.lsp.get_client_by_id(item.client_id)
  local buffer = vim.api.nvim_get_current_buf()
  if not client or not item.range or type(item.insert_text) ~= 'string' then
    return
  end
  local row, first, last_row, last = item.range:to_extmark()
  local typed = vim.api.nvim_get_current_line():sub(first + 1, cursor[2])
  if cursor[1] - 1 ~= row or last_row ~= row or cursor[2] < first or not vim.startswith(item.insert_text, typed) then
    return
  end
  insert(cursor, item.insert_text:sub(#typed + 1), last - first)
  rpc.run(client, item.command, buffer)
end

--- Take the suggestion, or its first `part`: 'word' or 'line'. Returns whether there was one.
---@param part ('word'|'line')?
---@return boolean
function M.accept(part)
  -- A mapping may not change the text, so that happens a moment later: by then the cursor can have moved.
  local cursor = vim.api.nvim_win_get_cursor(0)
  if M.is_native() then
    return vim.lsp.inline_completion.get({
      on_accept = function(native)
        accept_native(native, cursor)
      end,
    })
  end
  local state = shown
  if not state then
    return false
  end
  local text, typed = rest(state)
  if not text then
    M.clear()
    return false
  end
  local item = state.items[state.index]
  local taken = text
  if part == 'word' then
    taken = text:match('^%s*[%w_]+') or text:match('^%s*%S') or text
  elseif part == 'line' then
    taken = text:match('^\n?[^\n]*')
  end
  local whole = taken == text
  vim.schedule(function()
    insert(cursor, taken, whole and covered_bytes(item) or 0)
    if whole then
      rpc.run(state.client, item.command, state.buffer)
      M.clear()
    else
      local params = rpc.feedback(item)
      params.acceptedLength = rpc.utf16_length(item.insertText:sub(1, typed + #taken))
      notify('textDocument/didPartiallyAcceptCompletion', params)
      if taken:find('\n') then
        M.clear()
        M.request(2)
      else
        draw()
      end
    end
  end)
  return true
end

--- Show another suggestion of the same answer.
function M.cycle(step)
  if M.is_native() then
    return vim.lsp.inline_completion.select({ count = step })
  end
  if shown and #shown.items > 1 then
    shown.index = (shown.index - 1 + step) % #shown.items + 1
    shown.reported = false
    draw()
  end
end

function M.dismiss()
  timer:stop()
  cancel()
  if shown then
    notify('segue/didReject', { id = rpc.id(shown.items[shown.index]), reason = 'dismissed' })
  end
  M.clear()
end

function M.setup(group)
  vim.api.nvim_set_hl(0, 'SegueGhost', { link = 'Comment', default = true })
  if M.is_native() then
    vim.api.nvim_create_autocmd('LspAttach', {
      group = group,
      callback = function(event)
        local client = vim.lsp.get_client_by_id(event.data.client_id)
        if client and client.name == 'segue' then
          vim.lsp.inline_completion.enable(true, { bufnr = event.buf })
        end
      end,
    })
    return
  end
  vim.api.nvim_create_autocmd({ 'TextChangedI', 'CursorMovedI' }, {
    group = group,
    callback = function(event)
      if shown and rest(shown) then
        draw()
      else
        M.clear()
      end
      if event.event == 'TextChangedI' and not shown then
        schedule()
      end
    end,
  })
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave' }, {
    group = group,
    callback = function()
      timer:stop()
      cancel()
      M.clear()
    end,
  })
end

return M
