--- Ghost text: asking, drawing and inserting.
---
--- Neovim's own inline completion (0.12) is not used: it leaves a suggestion on the screen until the next answer comes,
--- while here every key that the text contradicts takes it away before the screen is drawn.
local M = {}

local rpc = require('segue.rpc')

local namespace = vim.api.nvim_create_namespace('segue.ghost')
local anchors = vim.api.nvim_create_namespace('segue.ghost.anchor')
local DELAY_MS = 30

---@class segue.Shown
---@field buffer integer
---@field anchor integer extmark at the cursor as it was when the item came; it follows its line
---@field before string what stood before the cursor on its line then
---@field items table[]
---@field index integer
---@field client vim.lsp.Client
---@field reported boolean

---@type segue.Shown?
local shown
local timer = assert(vim.uv.new_timer())
local pending ---@type { client: vim.lsp.Client, id: integer }?

---@type { buffer: integer, row: integer, text: string }? what the user dismissed: it stays away on its line
local dismissed
--- Bytes that may come in front of what was dismissed, as after a Backspace.
local MORE = 3

local function notify(method, params)
  if shown then
    rpc.notify(shown.client, method, params)
  end
end

--- What of an item is still to be inserted at the cursor, or nil when the text went another way.
local function rest(state)
  if vim.api.nvim_get_current_buf() ~= state.buffer then
    return nil
  end
  local anchor = vim.api.nvim_buf_get_extmark_by_id(state.buffer, anchors, state.anchor, {})
  local cursor = vim.api.nvim_win_get_cursor(0)
  if #anchor == 0 or cursor[1] - 1 ~= anchor[1] or cursor[2] < anchor[2] then
    return nil
  end
  local line = vim.api.nvim_get_current_line()
  if line:sub(1, anchor[2]) ~= state.before then
    return nil
  end
  local typed = line:sub(anchor[2] + 1, cursor[2])
  local text = state.items[state.index].insertText
  if not vim.startswith(text, typed) then
    return nil
  end
  return text:sub(#typed + 1), #typed
end

--- Whether an item says nothing but what was dismissed on this line, or a rest of it.
local function is_dismissed(buffer, row, text)
  local wanted = vim.trim(text)
  return dismissed ~= nil
    and dismissed.buffer == buffer
    and dismissed.row == row
    and (vim.endswith(dismissed.text, wanted) or (vim.endswith(wanted, dismissed.text) and #wanted - #dismissed.text <= MORE))
end

function M.clear()
  if shown then
    if vim.api.nvim_buf_is_valid(shown.buffer) then
      vim.api.nvim_buf_clear_namespace(shown.buffer, namespace, 0, -1)
      vim.api.nvim_buf_clear_namespace(shown.buffer, anchors, 0, -1)
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
  local cursor = vim.api.nvim_win_get_cursor(0)
  vim.api.nvim_buf_set_extmark(shown.buffer, namespace, cursor[1] - 1, cursor[2], {
    virt_text = { { lines[1], 'SegueGhost' } },
    virt_text_pos = 'inline',
    virt_lines = #below > 0 and below or nil,
    hl_mode = 'combine',
  })
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
    local items = vim.tbl_filter(function(item)
      return kind == 1 or not is_dismissed(buffer, cursor[1] - 1, item.insertText)
    end, result and (result.items or result) or {})
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
      anchor = vim.api.nvim_buf_set_extmark(buffer, anchors, cursor[1] - 1, cursor[2], { right_gravity = false }),
      before = vim.api.nvim_get_current_line():sub(1, cursor[2]),
      items = items,
      index = 1,
      client = client,
      reported = false,
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
  M.request(2)
end

--- Insert `text` at the cursor, replacing the `covered` bytes after it, and go to its end.
local function insert(text, covered)
  local cursor = vim.api.nvim_win_get_cursor(0)
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

--- Take the suggestion, or its first `part`: 'word' or 'line'. Returns whether there was one.
---@param part ('word'|'line')?
---@return boolean
function M.accept(part)
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
  insert(taken, whole and covered_bytes(item) or 0)
  if whole then
    rpc.run(state.client, item.command, state.buffer)
    M.clear()
    return true
  end
  local params = rpc.feedback(item)
  params.acceptedLength = rpc.utf16_length(item.insertText:sub(1, typed + #taken))
  notify('textDocument/didPartiallyAcceptCompletion', params)
  if taken:find('\n') then
    M.clear()
    M.request(2)
  else
    draw()
  end
  return true
end

--- Show another suggestion of the same answer.
function M.cycle(step)
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
    local row = vim.api.nvim_win_get_cursor(0)[1] - 1
    dismissed = { buffer = shown.buffer, row = row, text = vim.trim(shown.items[shown.index].insertText) }
    notify('segue/didReject', { id = rpc.id(shown.items[shown.index]), reason = 'dismissed' })
  end
  M.clear()
end

function M.setup(group)
  vim.api.nvim_set_hl(0, 'SegueGhost', { link = 'Comment', default = true })
  if vim.lsp.inline_completion then
    vim.api.nvim_create_autocmd('LspAttach', {
      group = group,
      callback = function(event)
        local client = vim.lsp.get_client_by_id(event.data.client_id)
        if client and client.name == 'segue' then
          vim.lsp.inline_completion.enable(false, { client_id = client.id })
        end
      end,
    })
  end
  -- TextChangedP stands for TextChangedI while the popup menu is open.
  vim.api.nvim_create_autocmd({ 'TextChangedI', 'TextChangedP', 'CursorMovedI' }, {
    group = group,
    callback = function(event)
      if shown and rest(shown) then
        draw()
      else
        M.clear()
      end
      if event.event ~= 'CursorMovedI' and not shown then
        schedule()
      end
    end,
  })
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave' }, {
    group = group,
    callback = function(event)
      timer:stop()
      cancel()
      -- Escape leaves insert mode with the suggestion on the screen: it is not wanted on this line.
      if event.event == 'InsertLeave' and shown then
        M.dismiss()
      end
      M.clear()
    end,
  })
end

return M
